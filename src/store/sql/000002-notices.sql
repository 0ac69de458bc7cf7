-- What people are to be told and have not been told yet. It is written together with whatever it tells of, so a crash neither loses nor
-- doubles it: what was sent and not marked as sent goes out again with the same number.
create table notice (
  id uuid primary key default gen_random_uuid(),
  -- In the order in which things happened: of one occurrence, nothing overtakes what came before it.
  number bigint generated always as identity,
  product text not null,
  environment text not null,
  channel text not null,
  dedup_key text not null,
  -- One line for each thing that is told once.
  once text not null,
  -- json, not jsonb: labels come from outside and may hold any character.
  body json not null,
  schema_version integer not null,
  -- kept: nobody has opened this channel on this machine.
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed', 'kept')),
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  leased_until timestamptz,
  problem text,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (product, channel, once)
);
create index notice_waiting on notice (next_at) where state = 'waiting';
create index notice_in_order on notice (product, channel, dedup_key, number) where state = 'waiting';
create index notice_newest on notice (product, number desc);

-- Where the alerts of an environment stand, who was told of what, and who wants to hear nothing, as the state machine left them.
create table alert_state (
  product text not null,
  environment text not null,
  data json not null,
  schema_version integer not null,
  changed_at timestamptz not null default now(),
  primary key (product, environment),
  foreign key (product, environment) references environment (product, name) on delete cascade
);
