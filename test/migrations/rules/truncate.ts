import type { RuleCase } from "./case.ts";

export const truncateCases: readonly RuleCase[] = [
  {
    rule: "truncate",
    says: "with all that points to it",
    before:
      "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp); CREATE TABLE lines (order_id bigint REFERENCES orders);",
    sql: "TRUNCATE orders CASCADE",
    finds: [
      {
        rule: "truncate",
        at: "TRUNCATE orders CASCADE",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "instant",
          },
          {
            relation: "lines",
            mode: "ACCESS EXCLUSIVE",
            lasts: "instant",
          },
        ],
        safe: [
          "DELETE FROM lines\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM lines LIMIT 1000 FOR UPDATE SKIP LOCKED));",
          "DELETE FROM orders\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM orders LIMIT 1000 FOR UPDATE SKIP LOCKED));",
        ],
      },
    ],
  },
  {
    rule: "truncate",
    says: "of a table of the same migration",
    sql: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp); TRUNCATE orders",
    finds: [],
  },
];
