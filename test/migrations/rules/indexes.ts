import type { RuleCase } from "./case.ts";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, total int);";

export const indexCases: readonly RuleCase[] = [
  {
    rule: "index-not-concurrently",
    says: "an index on a table that is in use",
    before: orders,
    sql: "CREATE INDEX orders_total ON orders (total)",
    finds: [
      {
        rule: "index-not-concurrently",
        at: "CREATE INDEX orders_total ON orders (total)",
        locks: [{ relation: "orders", mode: "SHARE", lasts: "build" }],
        safe: [
          "-- DROP INDEX CONCURRENTLY IF EXISTS orders_total;",
          "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_total ON orders (total);",
        ],
      },
    ],
  },
  {
    rule: "index-not-concurrently",
    says: "hostile names stay as they are written",
    before: 'CREATE TABLE "Ör""ders; --" ("to,tal" int);',
    sql: 'CREATE UNIQUE INDEX "in dex" ON "Ör""ders; --" ("to,tal")',
    finds: [
      {
        rule: "index-not-concurrently",
        at: 'CREATE UNIQUE INDEX "in dex" ON "Ör""ders; --" ("to,tal")',
        locks: [{ relation: '"Ör""ders; --"', mode: "SHARE", lasts: "build" }],
        safe: [
          '-- DROP INDEX CONCURRENTLY IF EXISTS "in dex";',
          'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "in dex" ON "Ör""ders; --" ("to,tal")\n;',
        ],
      },
    ],
  },
  {
    rule: "index-not-concurrently",
    says: "a table of the same migration is empty",
    sql: `${orders} CREATE INDEX orders_total ON orders (total)`,
    finds: [],
  },
  {
    rule: "index-not-concurrently",
    says: "built while writes go on",
    before: orders,
    sql: "CREATE INDEX CONCURRENTLY orders_total ON orders (total)",
    inTransaction: false,
    finds: [],
  },
  {
    rule: "concurrently-in-transaction",
    says: "what commits on its way cannot be part of a transaction",
    before: orders,
    sql: "CREATE INDEX CONCURRENTLY orders_total ON orders (total)",
    fails: true,
    finds: [
      {
        rule: "concurrently-in-transaction",
        at: "CREATE INDEX CONCURRENTLY orders_total ON orders (total)",
        locks: [],
        safe: ["CREATE INDEX CONCURRENTLY orders_total ON orders (total);"],
      },
    ],
  },
  {
    rule: "concurrently-in-transaction",
    says: "outside of one it may",
    before: `${orders} CREATE INDEX orders_total ON orders (total);`,
    sql: "REINDEX INDEX CONCURRENTLY orders_total",
    inTransaction: false,
    finds: [],
  },
  {
    rule: "drop-index-not-concurrently",
    says: "dropping one waits for every query, and everybody waits behind it",
    before: `${orders} CREATE INDEX orders_total ON orders (total);`,
    sql: "DROP INDEX orders_total",
    finds: [
      {
        rule: "drop-index-not-concurrently",
        at: "DROP INDEX orders_total",
        locks: [
          { relation: "orders_total", mode: "ACCESS EXCLUSIVE", lasts: "instant" },
          { relation: "orders", mode: "ACCESS EXCLUSIVE", lasts: "instant" },
        ],
        safe: ["DROP INDEX CONCURRENTLY IF EXISTS orders_total;"],
      },
    ],
  },
  {
    rule: "drop-index-not-concurrently",
    says: "dropped while queries go on",
    before: `${orders} CREATE INDEX orders_total ON orders (total);`,
    sql: "DROP INDEX CONCURRENTLY orders_total",
    inTransaction: false,
    finds: [],
  },
];
