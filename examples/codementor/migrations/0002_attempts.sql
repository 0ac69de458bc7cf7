create table attempts (
  id bigint primary key generated always as identity,
  learner text not null,
  lesson_id integer not null references lessons,
  code text not null check (length(code) <= 20000),
  passed boolean not null,
  hint text not null,
  tokens integer not null,
  created_at timestamptz not null default now()
);
create index attempts_by_learner on attempts (learner, id desc);
