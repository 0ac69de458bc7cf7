import type { RuleCase } from "./case.ts";

export const maintenanceCases: readonly RuleCase[] = [
  {
    rule: "reindex-not-concurrently",
    says: "writes wait, and reads that use it",
    before:
      "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp); CREATE INDEX orders_kind ON orders (kind);",
    sql: "REINDEX INDEX orders_kind",
    finds: [
      {
        rule: "reindex-not-concurrently",
        at: "REINDEX INDEX orders_kind",
        locks: [
          {
            relation: "orders",
            mode: "SHARE",
            lasts: "build",
          },
          {
            relation: "orders_kind",
            mode: "ACCESS EXCLUSIVE",
            lasts: "build",
          },
        ],
        safe: ["REINDEX INDEX CONCURRENTLY orders_kind;"],
      },
    ],
  },
  {
    rule: "reindex-not-concurrently",
    says: "writes go on",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "REINDEX TABLE CONCURRENTLY orders",
    inTransaction: false,
    finds: [],
  },
  {
    rule: "vacuum-full",
    says: "the table is written anew",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "VACUUM (FULL, ANALYZE) orders",
    inTransaction: false,
    finds: [
      {
        rule: "vacuum-full",
        at: "VACUUM (FULL, ANALYZE) orders",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "rewrite",
          },
        ],
        rewrites: ["orders"],
        safe: ["VACUUM (ANALYZE) orders;"],
      },
    ],
  },
  {
    rule: "vacuum-full",
    says: "a plain one stops nobody",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "VACUUM orders",
    inTransaction: false,
    finds: [],
  },
  {
    rule: "cluster",
    says: "the table is written anew",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "CLUSTER orders USING orders_pkey",
    finds: [
      {
        rule: "cluster",
        at: "CLUSTER orders USING orders_pkey",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "rewrite",
          },
        ],
        rewrites: ["orders"],
      },
    ],
  },
  {
    rule: "cluster",
    says: "a mark for later",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "ALTER TABLE orders CLUSTER ON orders_pkey",
    finds: [],
  },
];
