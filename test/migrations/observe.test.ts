import { beforeAll, expect, test } from "vitest";
import type { Watched } from "../../src/migrations/proof/observe.ts";
import { watchTransaction } from "../../src/migrations/proof/observe.ts";
import { useObserver } from "../support/observing.ts";

// What Postgres does to tables with rows, as it is known from its documentation and source, and as the observer has to see it.

const observer = useObserver(18);
const tables = `
  CREATE TABLE people (id bigint PRIMARY KEY);
  CREATE TABLE notes (id bigint PRIMARY KEY, title varchar(20), body text, stars int, price numeric(10, 2), made timestamp,
    person bigint, owner bigint CONSTRAINT owned REFERENCES people);
  CREATE INDEX notes_title ON notes (title);
  ALTER TABLE notes ADD CONSTRAINT starred CHECK (stars >= 0) NOT VALID;
  CREATE TABLE days (day date NOT NULL, n int) PARTITION BY RANGE (day);
  CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
  CREATE TABLE days_2 (day date NOT NULL CHECK (day >= '2026-02-01' AND day < '2026-03-01'), n int);
  CREATE DOMAIN amount AS int;
  CREATE TABLE sums (id int PRIMARY KEY, total amount);
  CREATE MATERIALIZED VIEW titles AS SELECT id, body FROM notes;`;
beforeAll(() => observer().prepare(tables));

const exclusive = "notes ACCESS EXCLUSIVE";
test.each([
  ["CREATE INDEX ON notes (stars)", "build: notes SHARE"],
  ["CREATE UNIQUE INDEX ON notes (id)", "build: notes SHARE"],
  ["DROP INDEX notes_title", `instant: ${exclusive}, notes_title ACCESS EXCLUSIVE`],
  ["REINDEX INDEX notes_title", "build: notes_title ACCESS EXCLUSIVE, notes SHARE"],
  ["ALTER TABLE notes ADD COLUMN a int DEFAULT 1", `instant: ${exclusive}`],
  ["ALTER TABLE notes ADD COLUMN a timestamptz DEFAULT now()", `instant: ${exclusive}`],
  ["ALTER TABLE notes ADD COLUMN a uuid DEFAULT gen_random_uuid()", "rewrite of notes"],
  ["ALTER TABLE notes ADD COLUMN a bigserial", "rewrite of notes"],
  ["ALTER TABLE notes ADD COLUMN a int GENERATED ALWAYS AS (stars + 1) STORED", "rewrite of notes"],
  ["ALTER TABLE notes ADD COLUMN a int GENERATED ALWAYS AS (stars + 1) VIRTUAL", `instant: ${exclusive}`],
  ["ALTER TABLE notes ADD COLUMN a bigint REFERENCES people", `instant: ${exclusive}, people SHARE ROW EXCLUSIVE`],
  ["ALTER TABLE notes ALTER COLUMN id SET NOT NULL", `instant: ${exclusive}`],
  ["ALTER TABLE notes ALTER COLUMN title TYPE varchar(40)", `instant: ${exclusive}, notes_title ACCESS EXCLUSIVE`],
  ["ALTER TABLE notes ALTER COLUMN title TYPE text", `instant: ${exclusive}, notes_title ACCESS EXCLUSIVE`],
  ['ALTER TABLE notes ALTER COLUMN title TYPE varchar(20) COLLATE "C"', `build: ${exclusive}, notes_title ACCESS EXCLUSIVE`],
  ["ALTER TABLE notes ALTER COLUMN price TYPE numeric(12, 2)", `instant: ${exclusive}`],
  ["ALTER TABLE notes ALTER COLUMN price TYPE numeric(12, 3)", "rewrite of notes"],
  ["ALTER TABLE notes ALTER COLUMN stars TYPE bigint", "rewrite of notes"],
  ["ALTER TABLE notes ALTER COLUMN made TYPE timestamptz", `instant: ${exclusive}`],
  ["ALTER TABLE notes ADD FOREIGN KEY (owner) REFERENCES people", "scan: notes SHARE ROW EXCLUSIVE, people SHARE ROW EXCLUSIVE"],
  [
    "ALTER TABLE notes ADD FOREIGN KEY (person) REFERENCES people NOT VALID",
    "instant: notes SHARE ROW EXCLUSIVE, people SHARE ROW EXCLUSIVE",
  ],
  ["ALTER TABLE notes ADD CHECK (id > 0)", `scan: ${exclusive}`],
  ["ALTER TABLE notes ADD CHECK (stars > 0) NOT VALID", `instant: ${exclusive}`],
  ["ALTER TABLE notes VALIDATE CONSTRAINT starred", "scan: notes SHARE UPDATE EXCLUSIVE"],
  ["ALTER TABLE notes ADD UNIQUE (id, stars)", `build: ${exclusive}`],
  ["ALTER TABLE notes DROP CONSTRAINT owned", `instant: ${exclusive}, people ACCESS EXCLUSIVE`],
  ["ALTER TABLE notes SET UNLOGGED", "rewrite of notes"],
  ["ALTER TABLE notes DISABLE TRIGGER ALL", "instant: notes SHARE ROW EXCLUSIVE"],
  ["ALTER DOMAIN amount ADD CHECK (value > 0)", "scan: sums SHARE"],
  [
    "ALTER TABLE days ATTACH PARTITION days_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')",
    "instant: days_2 ACCESS EXCLUSIVE, days SHARE UPDATE EXCLUSIVE",
  ],
  ["ALTER TABLE days DETACH PARTITION days_1", "instant: days ACCESS EXCLUSIVE, days_1 ACCESS EXCLUSIVE"],
  ["TRUNCATE sums", "instant: sums ACCESS EXCLUSIVE, sums_pkey ACCESS EXCLUSIVE; empties sums"],
  ["REFRESH MATERIALIZED VIEW titles", "rewrite of titles"],
  ["UPDATE sums SET total = 2", "scan: ; writes sums"],
  ["SELECT 1", "instant: "],
])("%s", async (sql, wanted) => {
  const { worker } = observer().sessions;
  await worker.query("BEGIN");
  try {
    expect(inWords(await (await watchTransaction(worker))(sql))).toBe(wanted);
  } finally {
    await worker.query("ROLLBACK");
  }
});

test.each([
  ["CREATE INDEX CONCURRENTLY made_so ON notes (made)", "build: notes SHARE UPDATE EXCLUSIVE"],
  ["REINDEX TABLE CONCURRENTLY sums", "build: sums SHARE UPDATE EXCLUSIVE, sums_pkey SHARE UPDATE EXCLUSIVE"],
  ["DROP INDEX CONCURRENTLY made_so", "instant: made_so SHARE UPDATE EXCLUSIVE, notes SHARE UPDATE EXCLUSIVE"],
  ["ALTER TABLE days DETACH PARTITION days_1 CONCURRENTLY", "instant: days_1 ACCESS EXCLUSIVE, days SHARE UPDATE EXCLUSIVE"],
  ["VACUUM people", "instant: people SHARE UPDATE EXCLUSIVE"],
  ["VACUUM FULL notes", "rewrite of notes"],
])("outside of a transaction: %s", async (sql, wanted) => {
  const [one] = await observer().observe(sql, false);
  expect(one === undefined ? undefined : inWords(one.seen)).toBe(wanted);
});

/** A rewrite always locks the table and all of its indexes with the strongest lock. */
function inWords({ lasts, locks, rewritten, emptied, written }: Watched): string {
  const strong = locks.filter(({ mode }) => (mode.includes("EXCLUSIVE") && mode !== "ROW EXCLUSIVE") || mode === "SHARE");
  if (rewritten.length > 0) {
    for (const one of rewritten)
      expect(strong.map(({ relation, mode }) => `${relation} ${mode}`)).toContain(`${one} ACCESS EXCLUSIVE`);
    return `${lasts} of ${rewritten.join(", ")}`;
  }
  return [
    `${lasts}: ${strong.map(({ relation, mode }) => `${relation} ${mode}`).join(", ")}`,
    ...(emptied.length > 0 ? [`empties ${emptied.join(", ")}`] : []),
    ...(written.length > 0 ? [`writes ${written.map(({ relation }) => relation).join(", ")}`] : []),
  ].join("; ");
}
