-- A migration that works in its first statement and fails in its second: nothing of it may stay.
create table half_done (id integer primary key);
alter table documents add column reviewer uuid not null;
insert into documents (uid, name, size_bytes) values ('nobody', 'no reviewer', 0);
-- gantry: down
drop table half_done;
