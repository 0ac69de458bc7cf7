create table claims (
  id uuid primary key default gen_random_uuid(),
  partner_id uuid not null references partners on delete cascade,
  -- The order in which they came: what pages of a list go on from.
  number bigint not null generated always as identity unique,
  item text not null,
  description text not null default '',
  happened_on date not null,
  amount_cents integer not null check (amount_cents > 0),
  state text not null default 'open' check (state in ('open', 'assessed', 'settled', 'rejected')),
  verdict text,
  created_at timestamptz not null default now()
);
create index claims_by_partner on claims (partner_id, number);

-- The ledger itself: a line for everything that happened to a claim. Lines are added, never changed.
create table entries (
  id bigint primary key generated always as identity,
  claim_id uuid not null references claims on delete cascade,
  kind text not null check (kind in ('filed', 'assessed', 'settled', 'rejected', 'document')),
  amount_cents integer,
  trace_id text,
  at timestamptz not null default now()
);
create index entries_by_claim on entries (claim_id, id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'a ledger entry is never changed';
end $$;
create trigger entries_stay before update on entries for each row execute function refuse_change();
