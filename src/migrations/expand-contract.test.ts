import { beforeAll, expect, test } from "vitest";
import { contractsOf, isContract, lossesOf } from "./expand-contract.ts";
import { migrationText } from "./files/folder-files.ts";
import { type Parser, loadParser } from "./sql/parser.ts";

let parser: Parser;
beforeAll(async () => {
  parser = await loadParser();
});

const migration = (sql: string, name = "0001_a.sql") => ({ id: "1", name, up: migrationText(name, sql) });
const does = (...all: readonly string[]): readonly string[] =>
  contractsOf(
    parser,
    all.map((sql, index) => migration(sql, `000${index + 1}.sql`)),
  ).map((one) => one.does);

test.each([
  ["DROP TABLE a, s.b", ["drops the table a", "drops the table s.b"]],
  ["DROP FUNCTION f(int)", ["drops the function f"]],
  ["DROP SCHEMA s CASCADE", ["drops the schema s"]],
  ["ALTER TABLE a DROP COLUMN b, DROP COLUMN c", ["drops the column a.b", "drops the column a.c"]],
  ["ALTER TABLE a ALTER b TYPE bigint", ["changes the type of a.b"]],
  ["ALTER TABLE a ALTER b SET NOT NULL", ["forbids NULL in a.b"]],
  ["ALTER TABLE a ADD CONSTRAINT n NOT NULL b NOT VALID", ["forbids NULL in a.b"]],
  ["ALTER TABLE a ALTER b DROP DEFAULT", ["drops the default of a.b"]],
  ["ALTER TABLE a ADD b int NOT NULL", ["adds a.b, which every row has to be given"]],
  ["ALTER TABLE a RENAME b TO c", ["renames the column a.b to c"]],
  ["ALTER TABLE a RENAME TO b", ["renames the table a to b"]],
  ["ALTER TABLE a SET SCHEMA s", ["moves a to the schema s"]],
  ["ALTER TYPE e RENAME VALUE 'x' TO 'y'", ["renames the value x of e"]],
  ["TRUNCATE a", ["empties the table a"]],
  ["DELETE FROM a", ["deletes all rows of a"]],
  ["DO $$ BEGIN ALTER TABLE a DROP COLUMN b; END $$", ["drops the column a.b"]],
])("%s", (sql, expected) => expect(does(sql)).toEqual(expected));

test.each([
  "CREATE TABLE a (n int); DROP TABLE a",
  "ALTER TABLE a ADD b int",
  "ALTER TABLE a ADD b int NOT NULL DEFAULT 1",
  "ALTER TABLE a ADD b bigserial NOT NULL",
  "ALTER TABLE a ALTER b DROP NOT NULL",
  "ALTER TABLE a ALTER b SET DEFAULT 1",
  "ALTER INDEX i RENAME TO j",
  "ALTER TABLE a RENAME TO b; CREATE VIEW a AS SELECT * FROM b",
  "DROP INDEX i",
  "DELETE FROM a WHERE n < 3",
])("%s takes nothing away", (sql) => expect(does(sql)).toEqual([]));

test("what this very release makes may be changed by it, in whatever file", () => {
  expect(does("CREATE TABLE public.a (n int)", "ALTER TABLE a DROP COLUMN n")).toEqual([]);
  expect(does("ALTER TABLE a DROP COLUMN n", "CREATE TABLE b (n int)")).toEqual(["drops the column a.n"]);
});

test("says where it stands, also behind text of several bytes a character", () => {
  const [found] = contractsOf(parser, [migration("-- é 😀\nSELECT 'ü';\n  DROP TABLE a;")]);
  expect(found?.place).toEqual({ file: "0001_a.sql", line: 3, column: 3 });
});

test("the way back says what it loses, and a contract is one that says so", () => {
  expect(lossesOf(parser, "a", migrationText("a", "ALTER TABLE a DROP b, ALTER c TYPE int")).map((one) => one.does)).toEqual([
    "drops the column a.b",
  ]);
  expect(isContract(migrationText("a", "-- gantry: contract\nDROP TABLE a"))).toBe(true);
  expect(isContract(migrationText("a", "-- gantry: contracts\nDROP TABLE a"))).toBe(false);
});
