-- A migration that works in its first statement and fails in its second: nothing of it may stay.
create table half_done (id integer primary key);
alter table claims add constraint no_claims check (amount_cents < 0);
