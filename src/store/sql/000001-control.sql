-- What control knows: which environments there are, what was started in them, and what happened. What runs at this moment is the agent's.
create table environment (
  product text not null,
  name text not null,
  -- A preview is an environment of its own, taken from another.
  preview_of text,
  -- The resolved environment, as plain data.
  data jsonb not null,
  schema_version integer not null,
  speed double precision not null default 1 check (speed >= 1),
  ports jsonb not null default '{}',
  state text not null check (state in ('coming up', 'up', 'failed', 'down')),
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  expires_at timestamptz,
  primary key (product, name)
);

create table revision (
  product text not null,
  environment text not null,
  service text not null,
  revision text not null,
  artifact text not null,
  -- Without anything secret.
  spec jsonb not null,
  schema_version integer not null,
  created_at timestamptz not null default now(),
  serving_since timestamptz,
  retired_at timestamptz,
  primary key (product, environment, service, revision),
  foreign key (product, environment) references environment (product, name) on delete cascade
);

create table event (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  product text not null,
  environment text,
  kind text not null,
  -- Who: a person's login, or what did it by itself.
  actor text not null,
  subject text not null,
  data jsonb not null default '{}'
);
create index event_by_environment on event (product, environment, id);

-- Each start of a control process gets a higher epoch: what a former one still wants to change is refused by the agent.
create sequence epoch;
