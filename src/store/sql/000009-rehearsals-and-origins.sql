-- The environment as it was sent: what follows from the order of its services follows here as it does where the spec is.
alter table environment alter column data type json using data::json;

-- Where the values of an environment were written, by what it is: whoever takes it up again, or goes back to it, has them still.
create table origins (
  product text not null,
  -- Of the environment as it was sent.
  digest bytea not null check (length(digest) = 32),
  data json not null,
  sent_at timestamptz not null default now(),
  primary key (product, digest)
);

create table rehearsal (
  id text primary key,
  product text not null,
  environment text not null,
  -- What was asked for, in the words of whoever asked.
  asked json not null,
  by json not null,
  runs integer not null check (runs > 0),
  done integer not null default 0,
  began_at timestamptz not null default now(),
  -- When whoever rehearses it last said how far it is: who says nothing for long is dead.
  seen_at timestamptz not null default now(),
  ended_at timestamptz,
  state text not null check (state in ('running', 'done', 'stopped', 'failed')),
  because text,
  -- What came of it, as `gantry rehearse --json` prints it.
  report json,
  check ((state = 'running') = (ended_at is null)),
  foreign key (product, environment) references environment (product, name) on delete cascade
);
create index rehearsal_of_environment on rehearsal (product, environment, began_at desc);
-- One at a time for each environment.
create unique index rehearsal_running on rehearsal (product, environment) where ended_at is null;
