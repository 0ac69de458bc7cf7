-- A migration that works in its first statement and fails in its second: nothing of it may stay.
create table half_done (id integer primary key);
alter table invoices add column currency char(3) not null;
insert into invoices (tenant_id, client, total_cents) values (gen_random_uuid(), 'nobody', 1);
-- gantry: down
drop table half_done;
