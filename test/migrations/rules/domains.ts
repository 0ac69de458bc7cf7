import type { RuleCase } from "./case.ts";

export const domainCases: readonly RuleCase[] = [
  {
    rule: "domain-constraint",
    says: "each table that uses it is read",
    before: "CREATE DOMAIN share AS int; CREATE TABLE parts (id bigint PRIMARY KEY, of_all share);",
    sql: "ALTER DOMAIN share ADD CONSTRAINT most CHECK (value <= 100)",
    finds: [
      {
        rule: "domain-constraint",
        at: "ALTER DOMAIN share ADD CONSTRAINT most CHECK (value <= 100)",
        locks: [
          {
            relation: "parts",
            mode: "SHARE",
            lasts: "scan",
          },
        ],
        safe: [
          "ALTER DOMAIN share ADD CONSTRAINT most CHECK (value <= 100) NOT VALID;",
          "ALTER TABLE parts ADD CONSTRAINT parts_of_all_check CHECK (of_all <= 100) NOT VALID;",
          "ALTER TABLE parts VALIDATE CONSTRAINT parts_of_all_check;",
        ],
      },
    ],
  },
  {
    rule: "domain-constraint",
    says: "NOT NULL too",
    before: "CREATE DOMAIN share AS int; CREATE TABLE parts (id bigint PRIMARY KEY, of_all share);",
    sql: "ALTER DOMAIN share SET NOT NULL",
    versions: [17],
    finds: [
      {
        rule: "domain-constraint",
        at: "ALTER DOMAIN share SET NOT NULL",
        locks: [
          {
            relation: "parts",
            mode: "SHARE",
            lasts: "scan",
          },
        ],
        safe: [
          "ALTER TABLE parts ADD CONSTRAINT parts_of_all_not_null CHECK (of_all IS NOT NULL) NOT VALID;",
          "ALTER TABLE parts VALIDATE CONSTRAINT parts_of_all_not_null;",
          "ALTER TABLE parts ALTER COLUMN of_all SET NOT NULL;\nALTER TABLE parts DROP CONSTRAINT parts_of_all_not_null;",
        ],
      },
    ],
  },
  {
    rule: "domain-constraint",
    says: "of new values only",
    before: "CREATE DOMAIN share AS int; CREATE TABLE parts (id bigint PRIMARY KEY, of_all share);",
    sql: "ALTER DOMAIN share ADD CONSTRAINT most CHECK (value <= 100) NOT VALID",
    finds: [],
  },
  {
    rule: "add-column-constrained-domain",
    says: "rows are written anew, even where it is null",
    before:
      "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp); CREATE DOMAIN share AS int CHECK (value > 0 AND value <= 100);",
    sql: "ALTER TABLE orders ADD COLUMN of_all share DEFAULT 1",
    finds: [
      {
        rule: "add-column-constrained-domain",
        at: "ADD COLUMN of_all share DEFAULT 1",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "rewrite",
          },
        ],
        rewrites: ["orders"],
        safe: [
          "ALTER TABLE orders ADD COLUMN of_all integer DEFAULT 1;",
          "ALTER TABLE orders ADD CONSTRAINT orders_of_all_check CHECK (of_all > 0 AND of_all <= 100) NOT VALID;",
          "ALTER TABLE orders VALIDATE CONSTRAINT orders_of_all_check;",
        ],
      },
    ],
  },
  {
    rule: "add-column-constrained-domain",
    says: "one that asks nothing",
    before:
      "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);CREATE DOMAIN share AS int; CREATE TABLE parts (id bigint PRIMARY KEY, of_all share);",
    sql: "ALTER TABLE orders ADD COLUMN of_all share",
    finds: [],
  },
  {
    rule: "create-domain-constrained",
    says: "to change it later costs much",
    sql: "CREATE DOMAIN share AS int CHECK (value > 0)",
    finds: [
      {
        rule: "create-domain-constrained",
        at: "CREATE DOMAIN share AS int CHECK (value > 0)",
        locks: [],
      },
    ],
  },
  {
    rule: "create-domain-constrained",
    says: "one that asks nothing",
    sql: "CREATE DOMAIN share AS int",
    finds: [],
  },
];
