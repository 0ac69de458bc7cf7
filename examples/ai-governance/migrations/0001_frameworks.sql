create table frameworks (
  id text primary key,
  title text not null
);

-- A check asks one question of what is on file about a system: is this there, and is it what it should be?
create table checks (
  id integer primary key generated always as identity,
  framework_id text not null references frameworks,
  title text not null,
  field text not null,
  wanted text
);

-- What systems are checked against comes with the product, as its code does.
insert into frameworks (id, title) values ('eu-ai-act', 'EU AI Act'), ('iso-42001', 'ISO/IEC 42001');
insert into checks (framework_id, title, field, wanted) values
  ('eu-ai-act', 'its risk class is named', 'riskClass', null),
  ('eu-ai-act', 'a person can stop the system', 'stoppable', 'true'),
  ('eu-ai-act', 'training data is documented', 'trainingData', null),
  ('iso-42001', 'an owner is named', 'owner', null),
  ('iso-42001', 'its impact was assessed', 'impactAssessed', 'true');
