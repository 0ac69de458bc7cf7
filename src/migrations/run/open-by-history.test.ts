import { expect, test } from "vitest";
import type { Tool } from "../files/folder.ts";
import type { Migration } from "../migration.ts";
import type { History } from "./histories.ts";
import { openByHistory } from "./open-by-history.ts";

const migration = (id: string, name: string): Migration => ({
  id,
  name,
  up: { file: name, sql: "", startsAt: 0, sha256: "", inTransaction: true },
});
const noted = (tool: History["tool"], ...applied: string[]): History => ({ tool, table: `of ${tool}`, applied, failed: [] });
const openIn = (tool: Tool, migrations: readonly Migration[], ...histories: History[]) => {
  const found = openByHistory({ tool, migrations }, histories);
  return "unknown" in found ? found.unknown : found.open.map(({ name }) => name);
};

const numbered = [migration("0001", "0001_a.sql"), migration("0002", "0002_b.sql")];
const dated = [migration("20250101120000", "20250101120000_a"), migration("20250201120000", "20250201120000_b")];
const revisions = [migration("a1", "a1"), migration("b2", "b2"), migration("c3", "c3")];

test.each<[string, Tool, readonly Migration[], readonly History[], string | readonly string[]]>([
  ["sqlx, which notes numbers without zeros", "sqlx", numbered, [noted("sqlx", "1")], ["0002_b.sql"]],
  ["dbmate, which notes them as they stand", "dbmate", numbered, [noted("dbmate", "0001")], ["0002_b.sql"]],
  ["Prisma, by folders", "prisma", dated, [noted("Prisma", "20250101120000_a")], ["20250201120000_b"]],
  [
    "Flyway, by scripts",
    "flyway",
    [migration("1", "V1__a.sql"), migration("2", "V2__b.sql")],
    [noted("Flyway", "old/V1__a.sql")],
    ["V2__b.sql"],
  ],
  ["Alembic, by where it is", "alembic", revisions, [noted("Alembic", "b2")], ["c3"]],
  ["Alembic at two heads", "alembic", revisions, [noted("Alembic", "a1", "b2")], ["c3"]],
  ["Alembic at the end", "alembic", revisions, [noted("Alembic", "c3")], []],
  ["nothing has been run", "prisma", dated, [], ["20250101120000_a", "20250201120000_b"]],
  ["a tool that has noted nothing yet", "alembic", revisions, [noted("Alembic")], ["a1", "b2", "c3"]],
  ["plain files that sqlx runs", "sql", numbered, [noted("sqlx", "1", "2")], []],
  ["a note of a file that is gone", "sqlx", numbered, [noted("sqlx", "1", "7")], ["0002_b.sql"]],
  [
    "plain files of nobody",
    "sql",
    numbered,
    [],
    "nothing in it says what it has had, nor the spec which tool notes that (migrations.tool)",
  ],
  [
    "Alembic where its script is not",
    "alembic",
    revisions,
    [noted("Alembic", "zz")],
    "it is at zz, which the SQL in the folder does not hold",
  ],
  [
    "another tool's database",
    "prisma",
    dated,
    [noted("Flyway", "V1__a.sql")],
    "Flyway has migrated it (of Flyway), and the folder is not of its kind",
  ],
  ["two of one kind", "sqlx", numbered, [noted("sqlx", "1"), noted("sqlx", "2")], "two histories are there: of sqlx and of sqlx"],
])("%s", (_, tool, migrations, histories, open) => expect(openIn(tool, migrations, ...histories)).toEqual(open));
