import type { RuleCase } from "./case.ts";

export const keyCases: readonly RuleCase[] = [
  {
    rule: "unique-not-concurrently",
    says: "the index is built while nobody reads or writes",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "ALTER TABLE orders ADD CONSTRAINT once UNIQUE NULLS NOT DISTINCT (name, kind) INCLUDE (total) WITH (fillfactor = 70) DEFERRABLE INITIALLY DEFERRED",
    finds: [
      {
        rule: "unique-not-concurrently",
        at: "ADD CONSTRAINT once UNIQUE NULLS NOT DISTINCT (name, kind) INCLUDE (total) WITH (fillfactor = 70) DEFERRABLE INITIALLY DEFERRED",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "build",
          },
        ],
        safe: [
          "-- SELECT name, kind, count(*) FROM orders GROUP BY name, kind HAVING count(*) > 1;",
          "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS once ON orders (name, kind) INCLUDE (total) NULLS NOT DISTINCT WITH (fillfactor = 70);",
          "ALTER TABLE orders ADD CONSTRAINT once UNIQUE USING INDEX once DEFERRABLE INITIALLY DEFERRED;",
        ],
      },
    ],
  },
  {
    rule: "unique-not-concurrently",
    says: "with a new column too",
    before: "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp);",
    sql: "ALTER TABLE orders ADD COLUMN number int UNIQUE",
    finds: [
      {
        rule: "unique-not-concurrently",
        at: "UNIQUE",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "build",
          },
        ],
        safe: [
          "ALTER TABLE orders ADD COLUMN number int;",
          "-- SELECT number, count(*) FROM orders GROUP BY number HAVING count(*) > 1;",
          "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS orders_number_key ON orders (number);",
          "ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE USING INDEX orders_number_key;",
        ],
      },
    ],
  },
  ...(
    [
      [[15, 16, 17], "SHARE"],
      [[18], "ACCESS EXCLUSIVE"],
    ] as const
  ).map(([versions, mode]): RuleCase => ({
    rule: "unique-not-concurrently",
    says: `a partitioned table takes no index over, and its partitions are locked ${mode}`,
    before:
      "CREATE TABLE visits (at timestamptz NOT NULL, who bigint) PARTITION BY RANGE (at); CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
    sql: "ALTER TABLE visits ADD UNIQUE (at, who)",
    versions,
    finds: [
      {
        rule: "unique-not-concurrently",
        at: "ADD UNIQUE (at, who)",
        locks: [
          { relation: "visits", mode: "ACCESS EXCLUSIVE", lasts: "build" },
          { relation: "visits_1", mode, lasts: "build" },
        ],
      },
    ],
  })),
  {
    rule: "unique-not-concurrently",
    says: "an index that is there takes a moment",
    before:
      "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL, name varchar(20), kind text, made timestamp); CREATE UNIQUE INDEX once ON orders (name);",
    sql: "ALTER TABLE orders ADD CONSTRAINT once UNIQUE USING INDEX once",
    finds: [],
  },
  {
    rule: "primary-key-not-concurrently",
    says: "its index is built, and rows are read for a null",
    before: "CREATE TABLE orders (a bigint, b bigint NOT NULL);",
    sql: "ALTER TABLE orders ADD PRIMARY KEY (a, b)",
    versions: [18],
    finds: [
      {
        rule: "primary-key-not-concurrently",
        at: "ADD PRIMARY KEY (a, b)",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "build",
          },
        ],
        safe: [
          "ALTER TABLE orders ADD CONSTRAINT orders_a_not_null NOT NULL a NOT VALID;",
          "ALTER TABLE orders VALIDATE CONSTRAINT orders_a_not_null;",
          "-- SELECT a, b, count(*) FROM orders GROUP BY a, b HAVING count(*) > 1;",
          "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS orders_pkey ON orders (a, b);",
          "ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_pkey;",
        ],
      },
    ],
  },
  {
    rule: "primary-key-not-concurrently",
    says: "with an index that is there, rows are read for a null",
    before: "CREATE TABLE orders (a bigint); CREATE UNIQUE INDEX orders_a ON orders (a);",
    sql: "ALTER TABLE orders ADD PRIMARY KEY USING INDEX orders_a",
    versions: [17],
    finds: [
      {
        rule: "primary-key-not-concurrently",
        at: "ADD PRIMARY KEY USING INDEX orders_a",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "scan",
          },
        ],
        safe: [
          "ALTER TABLE orders ADD CONSTRAINT orders_a_not_null CHECK (a IS NOT NULL) NOT VALID;",
          "ALTER TABLE orders VALIDATE CONSTRAINT orders_a_not_null;",
          "ALTER TABLE orders ALTER COLUMN a SET NOT NULL;\nALTER TABLE orders DROP CONSTRAINT orders_a_not_null;",
          "ALTER TABLE orders ADD PRIMARY KEY USING INDEX orders_a;",
        ],
      },
    ],
  },
  {
    rule: "primary-key-not-concurrently",
    says: "with both it takes a moment",
    before: "CREATE TABLE orders (a bigint NOT NULL); CREATE UNIQUE INDEX orders_a ON orders (a);",
    sql: "ALTER TABLE orders ADD PRIMARY KEY USING INDEX orders_a",
    finds: [],
  },
  {
    rule: "exclusion-constraint",
    says: "there is no way to do it while the table is in use",
    before: "CREATE TABLE stays (during tsrange);",
    sql: "ALTER TABLE stays ADD EXCLUDE USING gist (during WITH &&)",
    finds: [
      {
        rule: "exclusion-constraint",
        at: "ADD EXCLUDE USING gist (during WITH &&)",
        locks: [
          {
            relation: "stays",
            mode: "ACCESS EXCLUSIVE",
            lasts: "build",
          },
        ],
      },
    ],
  },
  {
    rule: "exclusion-constraint",
    says: "of a table of the same migration",
    sql: "CREATE TABLE stays (during tsrange); ALTER TABLE stays ADD EXCLUDE USING gist (during WITH &&)",
    finds: [],
  },
];
