import type { RuleCase } from "./case.ts";

export const renameObjectCases: readonly RuleCase[] = [
  {
    rule: "rename-table",
    says: "old and new code know one of the names each",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "ALTER TABLE orders RENAME TO purchases",
    finds: [
      {
        rule: "rename-table",
        at: "ALTER TABLE orders RENAME TO purchases",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "instant",
          },
        ],
        safe: [
          "CREATE VIEW purchases WITH (security_invoker = true) AS SELECT * FROM orders;",
          "DROP VIEW purchases;\nALTER TABLE orders RENAME TO purchases;",
        ],
      },
    ],
  },
  {
    rule: "rename-table",
    says: "nobody knows a table of the same migration",
    sql: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp); ALTER TABLE orders RENAME TO purchases",
    finds: [],
  },
  {
    rule: "set-schema",
    says: "its schema is a part of its name",
    before:
      "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp); CREATE SCHEMA shop;",
    sql: "ALTER TABLE orders SET SCHEMA shop",
    finds: [
      {
        rule: "set-schema",
        at: "ALTER TABLE orders SET SCHEMA shop",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "instant",
          },
        ],
        safe: [
          "CREATE VIEW shop.orders WITH (security_invoker = true) AS SELECT * FROM orders;",
          "DROP VIEW shop.orders;\nALTER TABLE orders SET SCHEMA shop;",
        ],
      },
    ],
  },
  {
    rule: "set-schema",
    says: "of a table of the same migration",
    before: "CREATE SCHEMA shop;",
    sql: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp); ALTER TABLE orders SET SCHEMA shop; CREATE INDEX orders_total ON shop.orders (total)",
    finds: [],
  },
  {
    rule: "rename-schema",
    says: "each table of it is known by another name at once",
    before: "CREATE SCHEMA shop; CREATE TABLE shop.orders (id int);",
    sql: "ALTER SCHEMA shop RENAME TO store",
    finds: [
      {
        rule: "rename-schema",
        at: "ALTER SCHEMA shop RENAME TO store",
        locks: [],
        safe: [
          "CREATE SCHEMA store;\nCREATE VIEW store.orders WITH (security_invoker = true) AS SELECT * FROM shop.orders;",
          "DROP SCHEMA store CASCADE;\nALTER SCHEMA shop RENAME TO store;",
        ],
      },
    ],
  },
  {
    rule: "rename-schema",
    says: "one of the same migration",
    sql: "CREATE SCHEMA shop; ALTER SCHEMA shop RENAME TO store",
    finds: [],
  },
  {
    rule: "rename-enum-value",
    says: "rows hold another value at once",
    before: "CREATE TYPE mood AS ENUM ('sad', 'fine'); CREATE TABLE people (id bigint PRIMARY KEY, feels mood);",
    sql: "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'",
    finds: [
      {
        rule: "rename-enum-value",
        at: "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'",
        locks: [],
        safe: [
          "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'blue' AFTER 'sad';",
          "UPDATE people SET feels = 'blue'\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM people WHERE feels = 'sad' LIMIT 1000 FOR UPDATE SKIP LOCKED));",
        ],
      },
    ],
  },
  {
    rule: "rename-enum-value",
    says: "a value that is added renames none",
    before: "CREATE TYPE mood AS ENUM ('sad', 'fine'); CREATE TABLE people (id bigint PRIMARY KEY, feels mood);",
    sql: "ALTER TYPE mood ADD VALUE 'blue' AFTER 'sad'",
    finds: [],
  },
  {
    rule: "rename-type",
    says: "casts of running code name it",
    before: "CREATE TYPE mood AS ENUM ('sad', 'fine'); CREATE TABLE people (id bigint PRIMARY KEY, feels mood);",
    sql: "ALTER TYPE mood RENAME TO feeling",
    finds: [
      {
        rule: "rename-type",
        at: "ALTER TYPE mood RENAME TO feeling",
        locks: [],
      },
    ],
  },
  {
    rule: "rename-type",
    says: "an owner is no name",
    before: "CREATE TYPE mood AS ENUM ('sad', 'fine'); CREATE TABLE people (id bigint PRIMARY KEY, feels mood);",
    sql: "ALTER TYPE mood OWNER TO CURRENT_USER",
    finds: [],
  },
  {
    rule: "rename-constraint",
    says: "code may know it by its name",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "ALTER TABLE orders RENAME CONSTRAINT orders_pkey TO key",
    finds: [
      {
        rule: "rename-constraint",
        at: "ALTER TABLE orders RENAME CONSTRAINT orders_pkey TO key",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "instant",
          },
        ],
      },
    ],
  },
  {
    rule: "rename-constraint",
    says: "of a table of the same migration",
    sql: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp); ALTER TABLE orders RENAME CONSTRAINT orders_pkey TO key",
    finds: [],
  },
  {
    rule: "rename-routine",
    says: "running code calls it",
    before: "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
    sql: "ALTER FUNCTION f() RENAME TO g",
    finds: [
      {
        rule: "rename-routine",
        at: "ALTER FUNCTION f() RENAME TO g",
        locks: [],
      },
    ],
  },
  {
    rule: "rename-routine",
    says: "a cost is no name",
    before: "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
    sql: "ALTER FUNCTION f() COST 2",
    finds: [],
  },
];
