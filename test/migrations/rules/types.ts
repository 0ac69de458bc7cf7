import type { RuleCase } from "./case.ts";

export const typeCases: readonly RuleCase[] = [
  {
    rule: "change-column-type",
    says: "each row is written in the new type, and its key",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "ALTER TABLE orders ALTER COLUMN id TYPE numeric",
    versions: [18],
    finds: [
      {
        rule: "change-column-type",
        at: "ALTER COLUMN id TYPE numeric",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "rewrite",
          },
        ],
        rewrites: ["orders"],
        safe: [
          "ALTER TABLE orders ADD COLUMN id_new numeric;",
          "CREATE FUNCTION orders_id_new_sync() RETURNS trigger LANGUAGE plpgsql AS $gantry$\nBEGIN\n  NEW.id_new := (SELECT id FROM (SELECT NEW.*) AS written);\n  RETURN NEW;\nEND $gantry$;\nCREATE TRIGGER orders_id_new_sync BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION orders_id_new_sync();",
          "UPDATE orders SET id_new = id\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM orders WHERE id_new IS NULL AND (id) IS NOT NULL LIMIT 1000 FOR UPDATE SKIP LOCKED));",
          "ALTER TABLE orders ADD CONSTRAINT orders_id_new_not_null NOT NULL id_new NOT VALID;",
          "ALTER TABLE orders VALIDATE CONSTRAINT orders_id_new_not_null;",
          "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS orders_id_new_key ON orders (id_new);",
          "DROP TRIGGER orders_id_new_sync ON orders;\nDROP FUNCTION orders_id_new_sync();\nALTER TABLE orders DROP CONSTRAINT orders_pkey;\nALTER TABLE orders ALTER COLUMN id DROP NOT NULL;\nALTER TABLE orders RENAME COLUMN id TO id_old;\nALTER TABLE orders RENAME COLUMN id_new TO id;\nALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_id_new_key;",
          "ALTER TABLE orders DROP COLUMN id_old;",
        ],
      },
    ],
  },
  {
    rule: "change-column-type",
    says: "with an expression of its own",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "ALTER TABLE orders ALTER COLUMN kind TYPE int USING length(kind)",
    finds: [
      {
        rule: "change-column-type",
        at: "ALTER COLUMN kind TYPE int USING length(kind)",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "rewrite",
          },
        ],
        rewrites: ["orders"],
        safe: [
          "ALTER TABLE orders ADD COLUMN kind_new integer;",
          "CREATE FUNCTION orders_kind_new_sync() RETURNS trigger LANGUAGE plpgsql AS $gantry$\nBEGIN\n  NEW.kind_new := (SELECT length(kind) FROM (SELECT NEW.*) AS written);\n  RETURN NEW;\nEND $gantry$;\nCREATE TRIGGER orders_kind_new_sync BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION orders_kind_new_sync();",
          "UPDATE orders SET kind_new = length(kind)\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM orders WHERE kind_new IS NULL AND (length(kind)) IS NOT NULL LIMIT 1000 FOR UPDATE SKIP LOCKED));",
          "DROP TRIGGER orders_kind_new_sync ON orders;\nDROP FUNCTION orders_kind_new_sync();\nALTER TABLE orders RENAME COLUMN kind TO kind_old;\nALTER TABLE orders RENAME COLUMN kind_new TO kind;",
          "ALTER TABLE orders DROP COLUMN kind_old;",
        ],
      },
    ],
  },
  {
    rule: "change-column-type",
    says: "a time is another one but in UTC",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "SET LOCAL timezone = 'Europe/Paris'; ALTER TABLE orders ALTER COLUMN made TYPE timestamptz",
    finds: [
      {
        rule: "change-column-type",
        at: "ALTER COLUMN made TYPE timestamptz",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "rewrite",
          },
        ],
        rewrites: ["orders"],
        safe: [
          "ALTER TABLE orders ADD COLUMN made_new timestamptz;",
          "CREATE FUNCTION orders_made_new_sync() RETURNS trigger LANGUAGE plpgsql AS $gantry$\nBEGIN\n  NEW.made_new := (SELECT made FROM (SELECT NEW.*) AS written);\n  RETURN NEW;\nEND $gantry$;\nCREATE TRIGGER orders_made_new_sync BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION orders_made_new_sync();",
          "UPDATE orders SET made_new = made\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM orders WHERE made_new IS NULL AND (made) IS NOT NULL LIMIT 1000 FOR UPDATE SKIP LOCKED));",
          "DROP TRIGGER orders_made_new_sync ON orders;\nDROP FUNCTION orders_made_new_sync();\nALTER TABLE orders RENAME COLUMN made TO made_old;\nALTER TABLE orders RENAME COLUMN made_new TO made;",
          "ALTER TABLE orders DROP COLUMN made_old;",
        ],
      },
    ],
  },
  {
    rule: "change-column-type",
    says: "in UTC it is the same",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "SET LOCAL timezone = 'UTC'; ALTER TABLE orders ALTER COLUMN made TYPE timestamptz",
    finds: [],
  },
  {
    rule: "change-column-type",
    says: "what is kept in the same way takes a moment",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "ALTER TABLE orders ALTER COLUMN name TYPE varchar(40), ALTER COLUMN kind TYPE varchar USING kind::varchar, ALTER COLUMN made TYPE timestamp(6)",
    finds: [],
  },
  {
    rule: "change-column-type",
    says: "another order has indexes built anew",
    before:
      "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp); CREATE INDEX orders_kind ON orders (kind);",
    sql: 'ALTER TABLE orders ALTER COLUMN kind TYPE text COLLATE "C"',
    finds: [
      {
        rule: "change-column-type",
        at: 'ALTER COLUMN kind TYPE text COLLATE "C"',
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "build",
          },
        ],
        safe: [
          'ALTER TABLE orders ADD COLUMN kind_new text COLLATE "C";',
          "CREATE FUNCTION orders_kind_new_sync() RETURNS trigger LANGUAGE plpgsql AS $gantry$\nBEGIN\n  NEW.kind_new := (SELECT kind FROM (SELECT NEW.*) AS written);\n  RETURN NEW;\nEND $gantry$;\nCREATE TRIGGER orders_kind_new_sync BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION orders_kind_new_sync();",
          "UPDATE orders SET kind_new = kind\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM orders WHERE kind_new IS NULL AND (kind) IS NOT NULL LIMIT 1000 FOR UPDATE SKIP LOCKED));",
          "-- for kind_new, too: the index orders_kind",
          "DROP TRIGGER orders_kind_new_sync ON orders;\nDROP FUNCTION orders_kind_new_sync();\nALTER TABLE orders RENAME COLUMN kind TO kind_old;\nALTER TABLE orders RENAME COLUMN kind_new TO kind;",
          "ALTER TABLE orders DROP COLUMN kind_old;",
        ],
      },
    ],
  },
  {
    rule: "json-column",
    says: "json cannot be compared",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "ALTER TABLE orders ADD COLUMN about json",
    finds: [
      {
        rule: "json-column",
        at: "ADD COLUMN about json",
        locks: [{ relation: "orders", mode: "ACCESS EXCLUSIVE", lasts: "instant" }],
        safe: ["ALTER TABLE orders ADD COLUMN about jsonb;"],
      },
    ],
  },
  {
    rule: "json-column",
    says: "in a new table too",
    sql: "CREATE TABLE notes (a json, b json)",
    finds: [
      {
        rule: "json-column",
        at: "a json",
        locks: [],
        safe: ["CREATE TABLE notes (a jsonb, b jsonb);"],
      },
      {
        rule: "json-column",
        at: "b json",
        locks: [],
      },
    ],
  },
  {
    rule: "json-column",
    says: "jsonb can",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "ALTER TABLE orders ADD COLUMN about jsonb",
    finds: [],
  },
];
