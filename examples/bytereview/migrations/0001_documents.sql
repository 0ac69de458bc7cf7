create table documents (
  id uuid primary key default gen_random_uuid(),
  uid text not null,
  name text not null check (length(name) between 1 and 200),
  size_bytes integer not null check (size_bytes >= 0),
  -- Kept here only where there is no bucket.
  content bytea,
  state text not null default 'waiting' check (state in ('imported', 'waiting', 'reading', 'reviewed', 'failed', 'abandoned')),
  source text not null default 'upload' check (source in ('upload', 'drive')),
  created_at timestamptz not null default now()
);
create index documents_by_uid on documents (uid, created_at desc);

-- One go at reading a document, and how far it is.
create table runs (
  id uuid primary key default gen_random_uuid(),
  document_id uuid not null references documents on delete cascade,
  operation_id uuid not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed')),
  pages integer,
  pages_done integer not null default 0,
  tokens integer not null default 0,
  failure text,
  updated_at timestamptz not null default now()
);
create index runs_by_document on runs (document_id);

-- What was found on each page. A page that is read again overwrites what was found the first time.
create table findings (
  run_id uuid not null references runs on delete cascade,
  page integer not null,
  summary text not null,
  words integer not null,
  tokens integer not null,
  primary key (run_id, page)
);
-- gantry: down
drop table findings;
drop table runs;
drop table documents;
