-- Stands in for Temporal: what is to be done, which of its steps are done, and when to look again. The worker sees all firms' workflows
-- and nothing of what they are about until it works for that firm.
create table workflows (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references firms on delete cascade,
  kind text not null check (kind in ('send invoice', 'scan document')),
  subject uuid not null,
  step integer not null default 0,
  state text not null default 'running' check (state in ('running', 'done', 'dead')),
  tries integer not null default 0,
  due_at timestamptz not null default now(),
  failure text,
  trace jsonb not null default '{}',
  created_at timestamptz not null default now(),
  -- Started twice it is one workflow.
  unique (kind, subject)
);
create index workflows_due on workflows (due_at) where state = 'running';
-- gantry: down
drop table workflows;
