create table integrations (
  uid text not null,
  name text not null check (name in ('drive')),
  -- Sealed by the key service; nobody reads it here.
  token_sealed text not null,
  connected_at timestamptz not null default now(),
  primary key (uid, name)
);

create table imports (
  id uuid primary key default gen_random_uuid(),
  uid text not null,
  folder text not null,
  state text not null default 'waiting' check (state in ('waiting', 'done', 'failed')),
  documents integer not null default 0,
  created_at timestamptz not null default now()
);
alter table documents add column import_id uuid references imports on delete set null;
-- gantry: down
alter table documents drop column import_id;
drop table imports;
drop table integrations;
