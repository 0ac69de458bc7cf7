-- Whatever takes time: one row of plain data each, moved by whoever holds its lease.
create table run (
  id text primary key check (length(id) between 1 and 200 and id !~ '[[:cntrl:]]'),
  number bigint generated always as identity unique,
  product text not null,
  environment text not null,
  kind text not null,
  -- While it does, no other exclusive one begins in this environment.
  exclusive boolean not null,
  -- As its machine left it. json, not jsonb: what it quotes comes from outside and may hold any character.
  data json not null,
  schema_version integer not null,
  -- Raised whenever its data change: whoever watches knows what was seen.
  version bigint not null default 1,
  wake_at timestamptz not null,
  -- By the clock of whoever looked: where that clock went back since, it is looked at again.
  looked_at timestamptz,
  -- What is still to be carried out of a run that has nothing left to decide.
  last_effects json,
  leased_by text,
  leased_until timestamptz,
  -- That of the last holder: the next one's is higher.
  epoch bigint not null default 0,
  -- Looks in a row that came to nothing, and why.
  failures integer not null default 0,
  problem text,
  started_at timestamptz not null,
  changed_at timestamptz not null default now(),
  ended_at timestamptz
) with (fillfactor = 50);
-- A lock that a crash cannot leave behind: it is the row itself.
create unique index run_alone on run (product, environment) where exclusive and ended_at is null;
-- No index holds what changes with every look, so that a look writes no index.
create index run_unfinished on run (id) where ended_at is null;
create index run_newest on run (product, number desc);

-- What somebody asked of a run. Said twice it is there once; it is read until it is answered.
create table run_command (
  id text primary key check (length(id) between 1 and 200 and id !~ '[[:cntrl:]]'),
  number bigint generated always as identity,
  run text not null references run (id) on delete cascade,
  -- json, as above.
  body json not null,
  ok boolean,
  because text,
  created_at timestamptz not null default now(),
  answered_at timestamptz
);
create index run_command_open on run_command (run, number) where answered_at is null;
create index run_command_by_run on run_command (run);

-- Who did it was a name; why, and of which run, was in nobody's column.
alter table event alter column data drop default;
alter table event alter column data type json using data::json;
alter table event alter column data set default '{}';
alter table event add column actor_kind text not null default 'person' check (actor_kind in ('person', 'ci', 'automation'));
update event set actor_kind = 'automation' where actor in ('gantry', 'schedule');
alter table event add column because text;
alter table event add column run text;
create index event_by_run on event (run, id) where run is not null;

-- What happens at set times, in UTC.
create table schedule (
  product text not null,
  environment text not null,
  name text not null,
  -- Who does it, and what of.
  kind text not null,
  about json not null,
  cron text not null,
  -- What to do about times at which nobody was there: nothing, or the last of them once.
  missed text not null check (missed in ('skip', 'last')),
  next_at timestamptz not null,
  primary key (product, environment, name),
  foreign key (product, environment) references environment (product, name) on delete cascade
);

-- Each time that came. The moment is part of its name, so that it comes once, whoever sees it.
create table schedule_time (
  product text not null,
  environment text not null,
  name text not null,
  due timestamptz not null,
  state text not null check (state in ('waiting', 'done', 'failed', 'skipped')),
  because text,
  attempts integer not null default 0,
  next_at timestamptz not null,
  leased_by text,
  leased_until timestamptz,
  ended_at timestamptz,
  primary key (product, environment, name, due),
  foreign key (product, environment, name) references schedule on delete cascade
);
create index schedule_time_waiting on schedule_time (next_at) where state = 'waiting';
