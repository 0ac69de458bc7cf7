-- Who may use the API. Of everything that lets somebody in only the hash is kept.
create table access_token (
  id text primary key,
  -- As people tell it apart from others.
  name text not null,
  -- Who it is that has it, as events and the roles of a spec call them.
  subject text not null,
  kind text not null check (kind in ('person', 'ci', 'automation')),
  hash bytea not null unique check (length(hash) = 32),
  -- The one before it was rotated, good for a while yet.
  old_hash bytea unique check (length(old_hash) = 32),
  old_until timestamptz,
  grants json not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- What a browser has, and the link by which it came to it: that is good once.
create table session (
  hash bytea primary key check (length(hash) = 32),
  is_link boolean not null,
  who json not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index session_over on session (expires_at);

-- What was answered under a key that whoever asked gave it: said twice, it is done once.
create table idempotent (
  asker text not null,
  key text not null,
  -- Of what was asked: the same key for something else is a mistake.
  digest bytea not null,
  -- Nothing while it is being done.
  status integer,
  body text,
  created_at timestamptz not null default now(),
  primary key (asker, key)
);
create index idempotent_over on idempotent (created_at);

-- Numbers are taken before they can be seen, so whoever reads on by them would miss what comes late. A position is given to what can be
-- seen, by one process at a time: whoever has read up to one has seen all before it.
alter table event add column position bigint;
update event set position = id;
create sequence event_position;
select setval('event_position', coalesce((select max(id) from event), 0) + 1, false);
create unique index event_by_position on event (position);
create index event_without_position on event (id) where position is null;
create function ring_event() returns trigger language plpgsql as $$ begin perform pg_notify('gantry_run', 'event'); return null; end $$;
create trigger event_rings after insert on event for each statement execute function ring_event();

alter table event drop constraint event_actor_known_check;
alter table event add constraint event_actor_known_check check (actor_known in ('asserted', 'ci', 'login', 'link', 'token', 'oidc'));
