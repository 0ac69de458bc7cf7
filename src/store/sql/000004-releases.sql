-- What a release is made of beside its plan: the configuration it came with, and where its migrations and tests are.
create table material (
  run text primary key,
  product text not null,
  environment text not null,
  data json not null,
  schema_version integer not null,
  created_at timestamptz not null default now()
);

-- What a check found about one version. The newest of a version counts.
create table report (
  id bigint generated always as identity primary key,
  product text not null,
  check_name text not null,
  -- As whoever checked calls it: a commit, a tag, the address of what was built.
  version text not null,
  -- json, not jsonb: what a scanner quotes may hold any character.
  data json not null,
  schema_version integer not null,
  actor text not null,
  at timestamptz not null default now()
);
create index report_by_version on report (product, check_name, version, id desc);

-- Times in which nothing is shipped that no spec names, and those of a spec that somebody has lifted.
create table freeze_window (
  id text primary key,
  product text not null,
  environment text not null,
  -- That of the spec which is lifted; nothing where it is a freeze of its own.
  lifts text,
  stops text[] not null,
  from_at timestamptz not null,
  until_at timestamptz not null,
  because text not null,
  actor text not null,
  ended_at timestamptz,
  created_at timestamptz not null default now()
);
create index freeze_by_environment on freeze_window (product, environment, until_at);

-- Served, and was taken back for what it did: nobody goes back to it.
alter table revision add column taken_back_at timestamptz;
