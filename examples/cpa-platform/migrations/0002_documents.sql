create table documents (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references firms on delete cascade,
  name text not null check (length(name) between 1 and 200),
  size_bytes integer not null,
  -- "unscanned" stays what it is until there is a scanner.
  state text not null check (state in ('unscanned', 'clean', 'infected')),
  -- Sealed with a data key of its own, which is sealed with the firm's.
  sealed_key text,
  words text not null default '',
  found tsvector generated always as (to_tsvector('simple', name || ' ' || words)) stored,
  created_at timestamptz not null default now()
);
create index documents_found on documents using gin (found);
create index documents_by_firm on documents (tenant_id, created_at desc);
alter table documents enable row level security;
create policy own on documents using (tenant_id = current_tenant());
-- gantry: down
drop table documents;
