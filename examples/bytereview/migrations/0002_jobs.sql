-- The queue for where there is no redis. A job is given out once its time has come; whoever takes it moves that time on by a lease.
create table jobs (
  id uuid primary key default gen_random_uuid(),
  queue text not null,
  body jsonb not null,
  trace jsonb not null default '{}',
  tries integer not null default 0,
  available_at timestamptz not null default now(),
  failed_at timestamptz,
  failure text
);
create index jobs_due on jobs (queue, available_at) where failed_at is null;
-- gantry: down
drop table jobs;
