create table webhooks (
  id uuid primary key default gen_random_uuid(),
  partner_id uuid not null references partners on delete cascade,
  url text not null check (length(url) <= 500),
  -- What deliveries are signed with, so that their receiver can tell them from others.
  secret text not null,
  created_at timestamptz not null default now()
);

-- Written in the transaction of what they tell: what was not committed is never told.
create table deliveries (
  id uuid primary key default gen_random_uuid(),
  webhook_id uuid not null references webhooks on delete cascade,
  body jsonb not null,
  traceparent text,
  tries integer not null default 0,
  due_at timestamptz not null default now(),
  delivered_at timestamptz,
  given_up_at timestamptz
);
create index deliveries_due on deliveries (due_at) where delivered_at is null and given_up_at is null;
