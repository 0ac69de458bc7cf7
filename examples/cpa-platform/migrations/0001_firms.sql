-- Every row belongs to a firm. Services say for whom they work by setting app.tenant_id in their transaction; row-level security shows
-- them that firm's rows and no others, whatever their query says. Without it they see nothing.
create function current_tenant() returns uuid language sql stable as $$
  select nullif(current_setting('app.tenant_id', true), '')::uuid
$$;

create table firms (
  tenant_id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  created_at timestamptz not null default now()
);
alter table firms enable row level security;
create policy own on firms using (tenant_id = current_tenant());

create table users (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references firms on delete cascade,
  email text not null unique,
  password_hash text not null,
  created_at timestamptz not null default now()
);
alter table users enable row level security;
create policy own on users using (tenant_id = current_tenant());

-- Who signs in has no firm yet: these two see all firms, and nothing else does.
create function find_login(wanted text) returns table (user_id uuid, tenant_id uuid, password_hash text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select id, tenant_id, password_hash from users where email = wanted
$$;
create function count_firms() returns integer
  language sql stable security definer set search_path = public, pg_temp as $$
  select count(*)::int from firms
$$;
-- gantry: down
drop function count_firms();
drop function find_login(text);
drop table users;
drop table firms;
drop function current_tenant();
