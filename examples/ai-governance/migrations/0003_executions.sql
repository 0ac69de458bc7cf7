-- One framework held against one system, and what each of its checks found.
create table executions (
  id bigint primary key generated always as identity,
  framework_id text not null references frameworks,
  system_id uuid not null references systems on delete cascade,
  passed integer not null,
  failed integer not null,
  at timestamptz not null default now()
);
create index executions_by_system on executions (system_id, framework_id, id desc);

create table findings (
  execution_id bigint not null references executions on delete cascade,
  check_id integer not null references checks,
  passed boolean not null,
  primary key (execution_id, check_id)
);
