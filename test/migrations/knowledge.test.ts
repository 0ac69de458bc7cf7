import { expect, test } from "vitest";
import { choiceOf } from "../../src/migrations/lint/choice.ts";
import { lintMigrations } from "../../src/migrations/lint/lint.ts";
import { migrationOf } from "../../src/migrations/files/by-itself.ts";

// What is asked here is what is known of tables, not how a text is written.
const choice = choiceOf({ off: "transactions,surroundings,style,not-rerunnable" });

async function rulesIn(...texts: readonly string[]): Promise<readonly string[]> {
  const files = texts.map((text, nth) => migrationOf(`000${nth + 1}_x.sql`, text));
  return (await lintMigrations(files, { version: 18, choice })).flatMap(({ findings }) => findings.map(({ rule }) => rule));
}

const index = "CREATE INDEX a_b ON a (b)";

test.each([
  [
    "a table that is rolled back was never made",
    `ROLLBACK; BEGIN; CREATE TABLE a (b int); ROLLBACK; ${index}`,
    ["index-not-concurrently"],
  ],
  ["one behind a savepoint too", `SAVEPOINT s; CREATE TABLE a (b int); ROLLBACK TO s; ${index}`, ["index-not-concurrently"]],
  ["one before the savepoint stays", `CREATE TABLE a (b int); SAVEPOINT s; CREATE TABLE c (); ROLLBACK TO s; ${index}`, []],
  ["a table goes with its schema", "CREATE TABLE a (b int); ALTER TABLE a SET SCHEMA s; CREATE INDEX a_b ON s.a (b)", []],
  ["the first schema that has it", `CREATE TABLE t.a (b int); SET search_path = s, t; ${index}`, []],
  [
    "and no other",
    `CREATE TABLE t.a (b int); SELECT pg_catalog.set_config('search_path', 's', false); ${index}`,
    ["index-not-concurrently"],
  ],
  [
    "a column that is renamed is so in its index and its constraint",
    "ALTER TABLE a ADD CONSTRAINT c CHECK (x IS NOT NULL); -- gantry: ignore rename-column because a\nALTER TABLE a RENAME x TO b; ALTER TABLE a ALTER b SET NOT NULL",
    ["check-validated"],
  ],
  ["an unknown function is volatile", "ALTER TABLE a ADD COLUMN c int DEFAULT f()", ["add-column-volatile-default"]],
  ["one of Postgres is what it is", "ALTER TABLE a ADD COLUMN c text DEFAULT upper(md5('a'))", []],
])("%s", async (_, sql, wanted) => {
  expect(await rulesIn(sql)).toEqual(wanted);
});

test("LIKE and INHERITS take columns with them", async () => {
  const made = "CREATE TABLE a (b int NOT NULL); CREATE TABLE c (LIKE a); CREATE TABLE d () INHERITS (a)";
  const change = (table: string) => `ALTER TABLE ${table} ALTER COLUMN b SET NOT NULL`;
  expect(await rulesIn(made, change("c"), change("d"))).toEqual([]);
});

test("what goes down may lose what went up, but not stop others", async () => {
  const sql = `-- migrate:up\nCREATE TABLE c (d int);\n-- migrate:down\nDROP TABLE c;\nDROP INDEX a_b;\n${index};`;
  expect(await rulesIn(`CREATE TABLE a (b int); ${index}`, sql)).toEqual([
    "drop-index-not-concurrently",
    "index-not-concurrently",
  ]);
});

test("a text that cannot be read ends nothing", async () => {
  const files = ["SELEC", "DROP TABLE a"].map((text, nth) => migrationOf(`000${nth + 1}_x.sql`, text));
  const [bad, good] = await lintMigrations(files, { version: 18 });
  expect([bad?.problem?.code, good?.findings.length]).toEqual(["migration-syntax", 1]);
});

test("what stands behind `-- gantry: down` undoes, and follows nothing", async () => {
  const file = migrationOf(
    "0001_x.sql",
    "ALTER TABLE a ADD COLUMN b int;\n-- gantry: down\n-- gantry: no transaction\nALTER TABLE a DROP COLUMN b;\n",
  );
  expect([file.up.inTransaction, file.down?.inTransaction]).toEqual([true, false]);
  const [up, down] = await lintMigrations([file], { version: 18 });
  expect([up?.findings.map(({ rule }) => rule), down?.findings.map(({ rule }) => rule)]).toEqual([[], ["not-rerunnable"]]);
});
