import type { RuleCase } from "./case.ts";

export const partitionCases: readonly RuleCase[] = [
  {
    rule: "detach-not-concurrently",
    says: "queries of the whole wait",
    before:
      "CREATE TABLE visits (at timestamptz NOT NULL, who bigint) PARTITION BY RANGE (at); CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
    sql: "ALTER TABLE visits DETACH PARTITION visits_1",
    finds: [
      {
        rule: "detach-not-concurrently",
        at: "DETACH PARTITION visits_1",
        locks: [
          {
            relation: "visits",
            mode: "ACCESS EXCLUSIVE",
            lasts: "instant",
          },
          {
            relation: "visits_1",
            mode: "ACCESS EXCLUSIVE",
            lasts: "instant",
          },
        ],
        safe: [
          "ALTER TABLE visits DETACH PARTITION visits_1 CONCURRENTLY;",
          "-- ALTER TABLE visits DETACH PARTITION visits_1 FINALIZE;",
        ],
      },
    ],
  },
  {
    rule: "detach-not-concurrently",
    says: "queries go on",
    before:
      "CREATE TABLE visits (at timestamptz NOT NULL, who bigint) PARTITION BY RANGE (at); CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
    sql: "ALTER TABLE visits DETACH PARTITION visits_1 CONCURRENTLY",
    inTransaction: false,
    finds: [],
  },
  {
    rule: "attach-without-check",
    says: "every row is read",
    before:
      "CREATE TABLE visits (at timestamptz NOT NULL, who bigint) PARTITION BY RANGE (at); CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2026-02-01'); CREATE TABLE visits_2 (at timestamptz NOT NULL, who bigint);",
    sql: "ALTER TABLE visits ATTACH PARTITION visits_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')",
    finds: [
      {
        rule: "attach-without-check",
        at: "ATTACH PARTITION visits_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')",
        locks: [
          {
            relation: "visits_2",
            mode: "ACCESS EXCLUSIVE",
            lasts: "scan",
          },
          {
            relation: "visits",
            mode: "SHARE UPDATE EXCLUSIVE",
            lasts: "scan",
          },
        ],
        safe: [
          "ALTER TABLE visits_2 ADD CONSTRAINT visits_2_bounds CHECK (at IS NOT NULL AND at >= '2026-02-01' AND at < '2026-03-01') NOT VALID;",
          "ALTER TABLE visits_2 VALIDATE CONSTRAINT visits_2_bounds;",
          "ALTER TABLE visits ATTACH PARTITION visits_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');",
          "ALTER TABLE visits_2 DROP CONSTRAINT visits_2_bounds;",
        ],
      },
    ],
  },
  {
    rule: "attach-without-check",
    says: "a check vouches for it",
    before:
      "CREATE TABLE visits (at timestamptz NOT NULL, who bigint) PARTITION BY RANGE (at); CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2026-02-01'); CREATE TABLE visits_2 (at timestamptz NOT NULL, who bigint, CONSTRAINT bounds CHECK (at >= '2026-02-01' AND at < '2026-03-01'));",
    sql: "ALTER TABLE visits ATTACH PARTITION visits_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')",
    finds: [],
  },
  {
    rule: "create-partition-of",
    says: "queries of the whole wait",
    before:
      "CREATE TABLE visits (at timestamptz NOT NULL, who bigint) PARTITION BY RANGE (at); CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
    sql: "CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')",
    finds: [
      {
        rule: "create-partition-of",
        at: "CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')",
        locks: [
          {
            relation: "visits",
            mode: "ACCESS EXCLUSIVE",
            lasts: "instant",
          },
        ],
        safe: [
          "CREATE TABLE visits_2 (LIKE visits INCLUDING ALL EXCLUDING IDENTITY);",
          "ALTER TABLE visits ATTACH PARTITION visits_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');",
        ],
      },
    ],
  },
  {
    rule: "create-partition-of",
    says: "of a table of the same migration",
    sql: "CREATE TABLE visits (at timestamptz NOT NULL, who bigint) PARTITION BY RANGE (at); CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
    finds: [],
  },
  {
    rule: "index-not-concurrently",
    says: "of a partitioned table: one partition after the other",
    before:
      "CREATE TABLE visits (at timestamptz NOT NULL, who bigint) PARTITION BY RANGE (at); CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
    sql: "CREATE INDEX visits_who ON visits USING btree (who)",
    finds: [
      {
        rule: "index-not-concurrently",
        at: "CREATE INDEX visits_who ON visits USING btree (who)",
        locks: [
          {
            relation: "visits",
            mode: "SHARE",
            lasts: "build",
          },
          { relation: "visits_1", mode: "SHARE", lasts: "build" },
        ],
        safe: [
          "CREATE INDEX visits_who ON ONLY visits USING btree (who);",
          "CREATE INDEX CONCURRENTLY IF NOT EXISTS visits_who_visits_1 ON visits_1 USING btree (who);",
          "ALTER INDEX visits_who ATTACH PARTITION visits_who_visits_1;",
        ],
      },
    ],
  },
];
