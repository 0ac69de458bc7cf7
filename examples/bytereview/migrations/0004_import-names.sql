-- gantry: no transaction
-- An import that is done twice makes each document once.
create unique index concurrently if not exists documents_of_import on documents (import_id, name) where import_id is not null;
-- gantry: down
-- gantry: no transaction
drop index concurrently if exists documents_of_import;
