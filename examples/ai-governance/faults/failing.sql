-- A migration that works in its first statement and fails in its second: nothing of it may stay.
create table half_done (id integer primary key);
alter table frameworks add column version text not null;
