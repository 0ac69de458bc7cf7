create table invoices (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references firms on delete cascade,
  client text not null check (length(client) between 1 and 200),
  state text not null default 'draft' check (state in ('draft', 'sending', 'sent')),
  -- Without gaps within a firm, given when it is sent.
  number integer,
  total_cents bigint not null check (total_cents > 0),
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  unique (tenant_id, number)
);
alter table invoices enable row level security;
create policy own on invoices using (tenant_id = current_tenant());

create table invoice_lines (
  invoice_id uuid not null references invoices on delete cascade,
  tenant_id uuid not null references firms on delete cascade,
  position integer not null,
  text text not null,
  quantity integer not null check (quantity > 0),
  unit_cents integer not null check (unit_cents > 0),
  primary key (invoice_id, position)
);
alter table invoice_lines enable row level security;
create policy own on invoice_lines using (tenant_id = current_tenant());
-- gantry: down
drop table invoice_lines;
drop table invoices;
