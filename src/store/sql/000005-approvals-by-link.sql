-- What opens a decision for whoever has it. The token itself is nowhere: its hash finds it, and what is sealed shows it to its owner again.
create table approval_link (
  hash bytea primary key check (length(hash) = 32),
  run text not null references run (id) on delete cascade,
  step integer not null,
  gate text not null,
  role text not null,
  -- How many had said yes before: each further yes has a link of its own.
  given integer not null,
  sealed text not null,
  created_at timestamptz not null default now(),
  unique (run, step, gate, given)
);

-- How it is known who it was; nothing where nobody wrote it down, or where it was no person.
alter table event add column actor_known text check (actor_known in ('asserted', 'ci', 'login', 'link'));
