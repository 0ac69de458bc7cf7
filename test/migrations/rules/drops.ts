import type { RuleCase } from "./case.ts";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL);";
const gone = (relation: string) => [{ relation, mode: "ACCESS EXCLUSIVE" as const, lasts: "instant" as const }];

export const dropCases: readonly RuleCase[] = [
  {
    rule: "drop-table",
    says: "code that runs still reads it",
    before: orders,
    sql: "DROP TABLE orders",
    finds: [
      {
        rule: "drop-table",
        at: "DROP TABLE orders",
        locks: gone("orders"),
        safe: ["-- the table stays as it is", "DROP TABLE orders;"],
      },
    ],
  },
  { rule: "drop-table", says: "one of the same migration", sql: `${orders} DROP TABLE orders`, finds: [] },
  {
    rule: "drop-column",
    says: "code that runs still names it",
    before: orders,
    sql: "ALTER TABLE orders DROP COLUMN total, ADD COLUMN sum int",
    finds: [
      {
        rule: "drop-column",
        at: "DROP COLUMN total",
        locks: gone("orders"),
        safe: ["ALTER TABLE orders ALTER COLUMN total DROP NOT NULL;", "ALTER TABLE orders DROP COLUMN total;"],
      },
    ],
  },
  {
    rule: "drop-column",
    says: "of a table of the same migration",
    sql: `${orders} ALTER TABLE orders DROP COLUMN total`,
    finds: [],
  },
  {
    rule: "drop-view",
    says: "who reads it fails",
    before: "CREATE VIEW shop AS SELECT 1 AS one;",
    sql: "DROP VIEW shop",
    finds: [
      { rule: "drop-view", at: "DROP VIEW shop", locks: gone("shop"), safe: ["-- the view stays as it is", "DROP VIEW shop;"] },
    ],
  },
  { rule: "drop-view", says: "one of the same migration", sql: "CREATE VIEW shop AS SELECT 1 AS one; DROP VIEW shop", finds: [] },
  {
    rule: "drop-schema",
    says: "all that is in it goes",
    before: "CREATE SCHEMA shop;",
    sql: "DROP SCHEMA shop CASCADE",
    finds: [
      {
        rule: "drop-schema",
        at: "DROP SCHEMA shop CASCADE",
        locks: [],
        safe: ["-- the schema stays as it is", "DROP SCHEMA shop CASCADE;"],
      },
    ],
  },
  { rule: "drop-schema", says: "a schema may be made", sql: "CREATE SCHEMA shop", finds: [] },
  {
    rule: "drop-database",
    says: "no migration does that",
    sql: "DROP DATABASE shop",
    inTransaction: false,
    fails: true,
    finds: [{ rule: "drop-database", at: "DROP DATABASE shop", locks: [] }],
  },
  {
    rule: "drop-database",
    says: "a comment on one removes nothing",
    sql: "COMMENT ON COLUMN pg_class.oid IS NULL",
    finds: [],
  },
];
