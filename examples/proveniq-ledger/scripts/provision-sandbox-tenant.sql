-- What makes a partner here. provision-sandbox-tenant.sh runs it as one transaction and gives it, as psql's variables:
--   name      what the partner is called
--   key_hash  SHA-256 of its API key, in hex
--   internal  true for a partner of our own
--   new_key   true to give a known partner another key
--   claims    how many sample claims it starts with
-- It answers one line: the partner's id, and made, kept or new key.

-- Two who make the same partner at once make it once.
select pg_advisory_xact_lock(hashtextextended(:'name', 0)) as locked \gset
select coalesce((select id::text from partners where name = :'name' order by created_at limit 1), '') as known \gset
select :'known' <> '' as there \gset

\if :there
\if :new_key
update partners set key_hash = decode(:'key_hash', 'hex') where id::text = :'known' returning id, 'new key';
\else
select :'known', 'kept';
\endif
\else
with partner as (
  insert into partners (name, key_hash, demo) values (:'name', decode(:'key_hash', 'hex'), :'internal') returning id
), filed as (
  insert into claims (partner_id, item, description, happened_on, amount_cents)
  select partner.id, (array['watch', 'painting', 'bicycle', 'camera', 'ring'])[1 + n % 5], 'made up for trying things out',
         date '2024-12-01' + n, 10000 * (n + 1)
  from partner, generate_series(0, :claims - 1) as n
  returning id, amount_cents
), entered as (
  insert into entries (claim_id, kind, amount_cents) select id, 'filed', amount_cents from filed
)
select id, 'made' from partner;
\endif
