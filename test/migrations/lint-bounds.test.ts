import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/lib/errors.ts";
import { choiceOf } from "../../src/migrations/lint/choice.ts";
import type { Migration } from "../../src/migrations/migration.ts";
import { fixedFiles } from "../../src/migrations/lint/fix.ts";
import type { FixedFile } from "../../src/migrations/lint/fixed-file.ts";
import { lintMigrations } from "../../src/migrations/lint/lint.ts";
import { migrationOf } from "../../src/migrations/files/by-itself.ts";
import { rules } from "../../src/migrations/rules/all.ts";
import { readMigrations } from "../../src/migrations/files/read-folder.ts";
import { ruleCases } from "./rules/all.ts";
import { exampleNames, root } from "../support/gantry.ts";

const lintText = (sql: string, choice = choiceOf({})) =>
  lintMigrations([migrationOf("0001_x.sql", sql)], { version: 18, choice });
const idsIn = async (sql: string, choice = choiceOf({})) =>
  (await lintText(sql, choice)).flatMap(({ findings }) => findings.map(({ rule, severity }) => `${severity} ${rule}`));

describe("which rules are asked", () => {
  const sql = "DROP TABLE a; CREATE TABLE s.b (c char(3))";
  test.each([
    [{}, ["error drop-table", "advice type-char"]],
    [{ only: "style" }, ["advice type-char"]],
    [{ off: "style,drop-table" }, []],
    [{ only: "drop-table", severity: "drop-table=advice" }, ["advice drop-table"]],
    [{ severity: "style=warning,type-char=error" }, ["error drop-table", "error type-char"]],
    [{ severity: "no-lock-timeout=warning,style=off" }, ["error drop-table", "warning no-lock-timeout"]],
  ])("%j", async (choosing, wanted) => {
    expect(new Set(await idsIn(sql, choiceOf(choosing)))).toEqual(new Set<string>(wanted));
  });

  test.each([{ only: "stile" }, { off: "drop-tabel" }, { severity: "drop-table" }, { severity: "drop-table=bad" }])(
    "%j is refused",
    (choosing) => expect(() => choiceOf(choosing)).toThrow(UserError),
  );

  test("an ignore of a rule that is not asked is not unused", async () => {
    expect(await idsIn("-- gantry: ignore drop-table because a\nDROP TABLE a", choiceOf({ off: "drop-table" }))).toEqual([]);
  });
});

test("what is new in front of what has been shipped is told", async () => {
  const files = ["1_a.sql", "2_b.sql"].map((name) => migrationOf(name, "SELECT 1"));
  const linted = await lintMigrations(files, { version: 18, isShipped: ({ name }) => name === "2_b.sql" });
  expect(linted.flatMap(({ findings }) => findings.map(({ rule }) => rule))).toEqual(["out-of-order"]);
});

test("a text that begins within its file has the places of the file, and its safe way is that of its own statements", async () => {
  const head = "-- migrate:up\nSELECT 'é';\n-- the rest\n";
  const sql = "ALTER TABLE a ALTER COLUMN b SET NOT NULL;\nDROP VIEW c;\n";
  const whole = migrationOf("0001_x.sql", sql);
  const part = { ...whole, up: { ...whole.up, startsAt: head.length } };
  const [linted] = await lintMigrations([part], {
    version: 18,
    fileText: () => head + sql,
    choice: choiceOf({ off: "transactions" }),
  });
  expect(linted?.findings.map(({ from, to }) => (head + sql).slice(from.offset, to.offset))).toEqual([
    "ALTER COLUMN b SET NOT NULL",
    "DROP VIEW c",
  ]);
  expect(linted?.findings[0]?.from.line).toBe(4);
  const [alone] = await lintMigrations([whole], { version: 18, choice: choiceOf({ off: "transactions" }) });
  if (linted === undefined || alone === undefined) throw new Error("nothing was read");
  const texts = (await fixedFiles(linted, { migrations: [part], version: 18 })).map(({ text }) => text);
  expect(texts).toEqual((await fixedFiles(alone, { migrations: [whole], version: 18 })).map(({ text }) => text));
  expect(texts.join("")).toContain("VALIDATE CONSTRAINT a_b_not_null");
});

test("ten thousand ignores, and as many statements, are each looked at once", async () => {
  const one = "-- gantry: ignore drop-table, several-tables-locked because a\nDROP TABLE a;\n";
  expect((await idsIn(one.repeat(10_000))).filter((id) => id !== "warning unused-ignore")).toEqual([]);
});

test("what --fix writes is judged as its safe way is meant: nothing is left in it, and nothing more is to be fixed", async () => {
  for (const { before = "", sql, inTransaction, versions, says } of ruleCases) {
    const version = versions?.at(-1) ?? 18;
    const shipped = [migrationOf("1_before.sql", before)];
    const change = migrationOf("2_change.sql", inTransaction === false ? `-- gantry: no transaction\n${sql}` : sql);
    const linted = await lintMigrations([...shipped, change], { version, isShipped: (one) => shipped.includes(one) });
    const files: FixedFile[] = [];
    for (const one of linted) files.push(...(await fixedFiles(one, { migrations: [...shipped, change], version })));
    for (const release of ["this-release", "next-release"]) {
      const now = files.filter((one) => one.path.includes(release)).map(({ path, text }) => migrationOf(path, text));
      const isShipped = (one: Migration) => shipped.includes(one);
      const again = await lintMigrations([...shipped, ...now], { version, isShipped, together: true });
      const found = again.flatMap((one) =>
        one.findings.filter(({ severity, safe }) => severity !== "advice" || safe !== undefined),
      );
      expect([says, again.flatMap(({ problem }) => problem ?? []), found.map(({ rule }) => rule)]).toEqual([says, [], []]);
      shipped.push(...now);
    }
  }
});

test("many tables that go with their indexes are each looked at once", async () => {
  const all = Array.from({ length: 20_000 }, (_, nth) => nth);
  const made = all.map((nth) => `CREATE TABLE t${nth} (a int);CREATE INDEX i${nth} ON t${nth} (a);`).join("");
  const gone = all.map((nth) => `ALTER TABLE t${nth} RENAME TO u${nth};DROP TABLE u${nth};`).join("");
  expect(await idsIn(made + gone, choiceOf({ only: "drops" }))).toEqual([]);
});

test("partitions that hang in a ring, and many of them, are each looked at once", async () => {
  const ring = "ALTER TABLE a ATTACH PARTITION b DEFAULT; ALTER TABLE b ATTACH PARTITION a DEFAULT;";
  const many = Array.from({ length: 2_000 }, (_, nth) => `CREATE TABLE p${nth} PARTITION OF p DEFAULT;`).join("");
  const before = migrationOf(
    "1_before.sql",
    `CREATE TABLE a (b int) PARTITION BY LIST (b); ${ring} CREATE TABLE p (b int) PARTITION BY LIST (b); ${many}`,
  );
  const files = [before, migrationOf("2_change.sql", "CREATE INDEX c ON a (b); CREATE INDEX d ON p (b)")];
  const linted = await lintMigrations(files, { version: 18, isShipped: (one) => one === before });
  const found = linted.flatMap(({ findings }) => findings.filter(({ rule }) => rule === "index-not-concurrently"));
  expect(found.map(({ locks, safe }) => [locks.length, safe])).toEqual([
    [2, undefined],
    [2_001, undefined],
  ]);
});

test("whatever a file holds is judged or refused with its place", async () => {
  const pieces = [
    "ALTER TABLE a ADD COLUMN b int",
    "DROP TABLE",
    "/*",
    "*/",
    "--",
    "\n",
    "$x$",
    "$$",
    "'",
    '"',
    ";",
    "(",
    ")",
    "é😀",
    "\u0000",
    ",",
    "UPDATE a SET b = 1 WHERE",
    "CREATE INDEX ON a (b)",
    "DO $$ BEGIN",
    "END $$",
    "-- gantry: ignore",
    "because",
    "BEGIN;",
    "COMMIT;",
    "a".repeat(5_000),
  ];
  const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary", maxLength: 20 })), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(text, async (parts) => {
      try {
        for (const { findings } of await lintText(parts.join(" ")))
          for (const { from, to } of findings) expect(from.offset).toBeLessThanOrEqual(to.offset);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        expect((error as UserError).places[0]?.file).toBe("0001_x.sql");
      }
    }),
    { numRuns: 300, seed: 7 },
  );
});

test.each(exampleNames)("the migrations of %s have nothing that endangers", async (name) => {
  const linted = await lintMigrations(readMigrations(path.join(root, "examples", name, "migrations")), {
    version: 18,
    together: true,
  });
  expect(linted.length).toBeGreaterThan(1);
  const found = linted.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== "advice"));
  expect(found.map(({ file, rule, from }) => `${file}:${from.line} ${rule}`)).toEqual([]);
});

test("each rule has an id and a family that --only can name", () => {
  for (const { id, family } of rules) expect(choiceOf({ only: id }).get(id), family).toBe("on");
});
