-- How much each asker may still ask, where several servers count together. What a crash of the database loses of it is nobody's loss.
create unlogged table rate (
  name text primary key,
  level double precision not null,
  at timestamptz not null,
  -- So many were given to whoever asked last.
  taken integer not null
);
create index rate_over on rate (at);
