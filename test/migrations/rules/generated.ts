import type { RuleCase } from "./case.ts";

export const generatedCases: readonly RuleCase[] = [
  {
    rule: "add-column-generated-stored",
    says: "each row gets its value at once",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "ALTER TABLE orders ADD COLUMN twice int GENERATED ALWAYS AS (total * 2) STORED",
    versions: [15, 16, 17],
    finds: [
      {
        rule: "add-column-generated-stored",
        at: "ADD COLUMN twice int GENERATED ALWAYS AS (total * 2) STORED",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "rewrite",
          },
        ],
        rewrites: ["orders"],
        safe: [
          "ALTER TABLE orders ADD COLUMN twice int;",
          "CREATE FUNCTION orders_twice_sync() RETURNS trigger LANGUAGE plpgsql AS $gantry$\nBEGIN\n  NEW.twice := (SELECT total * 2 FROM (SELECT NEW.*) AS written);\n  RETURN NEW;\nEND $gantry$;\nCREATE TRIGGER orders_twice_sync BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION orders_twice_sync();",
          "UPDATE orders SET twice = total * 2\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM orders WHERE twice IS NULL AND (total * 2) IS NOT NULL LIMIT 1000 FOR UPDATE SKIP LOCKED));",
        ],
      },
    ],
  },
  {
    rule: "add-column-generated-stored",
    says: "from 18 it need not be stored",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "ALTER TABLE orders ADD COLUMN twice int GENERATED ALWAYS AS (total * 2) STORED",
    versions: [18],
    finds: [
      {
        rule: "add-column-generated-stored",
        at: "ADD COLUMN twice int GENERATED ALWAYS AS (total * 2) STORED",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "rewrite",
          },
        ],
        rewrites: ["orders"],
        safe: ["ALTER TABLE orders ADD COLUMN twice int GENERATED ALWAYS AS (total * 2) VIRTUAL;"],
      },
    ],
  },
  {
    rule: "add-column-generated-stored",
    says: "a virtual one takes no time",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "ALTER TABLE orders ADD COLUMN twice int GENERATED ALWAYS AS (total * 2) VIRTUAL",
    versions: [18],
    finds: [],
  },
  {
    rule: "drop-not-null",
    says: "readers do not expect a null",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "ALTER TABLE orders ALTER COLUMN total DROP NOT NULL",
    finds: [
      {
        rule: "drop-not-null",
        at: "ALTER COLUMN total DROP NOT NULL",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "instant",
          },
        ],
        safe: ["-- the column stays NOT NULL", "ALTER TABLE orders ALTER COLUMN total DROP NOT NULL;"],
      },
    ],
  },
  {
    rule: "drop-not-null",
    says: "of a table of the same migration",
    sql: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp); ALTER TABLE orders ALTER COLUMN total DROP NOT NULL",
    finds: [],
  },
];
