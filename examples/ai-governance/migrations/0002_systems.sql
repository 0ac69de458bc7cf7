create table systems (
  id uuid primary key default gen_random_uuid(),
  name text not null unique check (length(name) between 1 and 200),
  facts jsonb not null default '{}',
  created_at timestamptz not null default now()
);

create table evidence (
  id uuid primary key default gen_random_uuid(),
  system_id uuid not null references systems on delete cascade,
  name text not null,
  size_bytes integer not null,
  sha256 text not null,
  created_at timestamptz not null default now()
);
create index evidence_by_system on evidence (system_id, created_at);
