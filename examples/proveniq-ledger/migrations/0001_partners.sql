create table partners (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  -- Only the key's hash: whoever reads the table cannot use the key.
  key_hash bytea not null unique,
  demo boolean not null default false,
  created_at timestamptz not null default now()
);
