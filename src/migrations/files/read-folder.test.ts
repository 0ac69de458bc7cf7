import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { newMigration } from "./new-migration.ts";
import { readFolder } from "./read-folder.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "gantry-folders-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(path.join(scratch, "f-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const read = (files: Readonly<Record<string, string | Buffer>>) => {
  const { tool, migrations, notes } = readFolder(folderOf(files));
  return {
    tool,
    migrations: migrations.map(({ id, name, up, down }) => [id, name, up.sql.trim(), down?.sql.trim(), up.inTransaction]),
    notes: notes.map(({ file, says }) => `${path.basename(file)}: ${says}`),
  };
};

test("our own, with the way back beside it or in it", () => {
  expect(
    read({
      "0001_a.sql": "SELECT 1;\n-- gantry: down\nSELECT -1;",
      "0002_b.up.sql": "-- gantry: no transaction\nSELECT 2;",
      "0002_b.down.sql": "SELECT -2;",
      "0010_c.sql": "-- gantry: backfill\nUPDATE a SET n = 1;",
      "0005_gone.down.sql": "SELECT -5;",
      "seed.sql": "SELECT 0;",
    }),
  ).toEqual({
    tool: "sql",
    migrations: [
      ["0001", "0001_a.sql", "SELECT 1;", "SELECT -1;", true],
      ["0002", "0002_b.up.sql", "-- gantry: no transaction\nSELECT 2;", "SELECT -2;", false],
      ["0010", "0010_c.sql", "-- gantry: backfill\nUPDATE a SET n = 1;", undefined, false],
    ],
    notes: [
      "seed.sql: it has no number, and is not run",
      "0005_gone.down.sql: it undoes a migration that is not there",
      "0010_c.sql: between 0002 and 0010 there is a gap",
    ],
  });
});

test("dbmate's, sqlx's, Prisma's and Flyway's", () => {
  expect(
    read({
      "20240102_b.sql": "-- migrate:up transaction:false\nSELECT 2;\n-- migrate:down\nSELECT -2;\n",
      "20240101_a.sql": "-- migrate:up\nSELECT 1;\n-- migrate:down\n",
    }),
  ).toEqual({
    tool: "dbmate",
    migrations: [
      ["20240101", "20240101_a.sql", "SELECT 1;", undefined, true],
      ["20240102", "20240102_b.sql", "SELECT 2;", "SELECT -2;", false],
    ],
    notes: [],
  });
  expect(read({ "20240101120000_a.sql": "-- no-transaction\nSELECT 1;" }).migrations).toEqual([
    ["20240101120000", "20240101120000_a.sql", "-- no-transaction\nSELECT 1;", undefined, false],
  ]);
  expect(
    read({
      "migration_lock.toml": 'provider = "postgresql"',
      "20240101_init/migration.sql": "SELECT 1;",
      "20240102_more/migration.sql": "SELECT 2;",
      "20240102_more/down.sql": "SELECT -2;",
    }),
  ).toEqual({
    tool: "prisma",
    migrations: [
      ["20240101", "20240101_init", "SELECT 1;", undefined, true],
      ["20240102", "20240102_more", "SELECT 2;", "SELECT -2;", true],
    ],
    notes: [],
  });
  expect(
    read({ "V1_10__b.sql": "SELECT 10;", "V1_9__a.sql": "SELECT 9;", "U1_9__a.sql": "SELECT -9;", "R__view.sql": "SELECT 0;" }),
  ).toEqual({
    tool: "flyway",
    migrations: [
      ["1.9", "V1_9__a.sql", "SELECT 9;", "SELECT -9;", true],
      ["1.10", "V1_10__b.sql", "SELECT 10;", undefined, true],
    ],
    notes: ["R__view.sql: it runs whenever it changed, which Flyway itself does"],
  });
});

test("Alembic's offline SQL by its revisions, without its frame, each with its place in the file; its Python is only named", () => {
  const sql = `BEGIN;

CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);

-- Running upgrade  -> ae10

CREATE TABLE a (n int);

INSERT INTO alembic_version (version_num) VALUES ('ae10');

-- Running upgrade ae10 -> be20

ALTER TABLE a ADD b int;

UPDATE alembic_version SET version_num='be20' WHERE alembic_version.version_num = 'ae10';

COMMIT;
`;
  const folder = folderOf({ "upgrade.sql": sql, "env.py": "", "versions/ae10_a.py": "", "script.py.mako": "" });
  const { tool, migrations, notes } = readFolder(folder);
  expect([tool, migrations.map(({ id }) => id)]).toEqual(["alembic", ["ae10", "be20"]]);
  expect(migrations[1]?.up.sql).not.toContain("COMMIT");
  expect(sql.slice(migrations[1]?.up.startsAt)).toMatch(/^\n\nALTER TABLE a ADD b int;/);
  expect(notes).toMatchObject([{ file: path.join(folder, "versions/ae10_a.py") }]);
  expect(() => readFolder(folderOf({ "env.py": "", "versions/ae10_a.py": "" }))).toThrow("Alembic's Python, and no SQL of it");
});

test.each<[string, Readonly<Record<string, string | Buffer>>, string]>([
  ["two of one number", { "0001_a.sql": "", "1_b.sql": "" }, "migration-order"],
  ["a NUL", { "0001_a.sql": "SELECT 1;\nSELECT \0" }, "migration-unreadable"],
  ["other text than UTF-8", { "0001_a.sql": Buffer.from([0xe9, 0x20]) }, "migration-unreadable"],
  ["a name with a control character", { "0001_\u001b[31m.sql": "" }, "bad-name"],
  ["two ways back", { "0001_a.sql": "-- gantry: down\n-- gantry: down\n" }, "migration-order"],
  ["a way back beside it and in it", { "0001_a.sql": "-- gantry: down\n", "0001_a.down.sql": "" }, "migration-order"],
  ["dbmate's without its line", { "1_a.sql": "-- migrate:up\n", "2_b.sql": "SELECT 1" }, "migration-order"],
])("%s is refused", (_what, files, code) => {
  expect(() => readFolder(folderOf(files))).toThrow(expect.objectContaining({ code }));
});

test("what is too large, or never ends, is not read", () => {
  const folder = folderOf({ "0001_a.sql": Buffer.alloc(50 * 1024 * 1024 + 1, " ") });
  expect(() => readFolder(folder)).toThrow(expect.objectContaining({ code: "migration-too-large" }));
  expect(() => readFolder(path.join(folder, "0001_a.sql"))).toThrow(expect.objectContaining({ code: "no-migrations" }));
});

test("a new one has the next number, as wide as the others, and writes over nothing", () => {
  const folder = folderOf({ "0009_a.sql": "" });
  const made = newMigration(readFolder(folder), "Add  Title/../to Notes", 0);
  expect([made.up, made.down].map((file) => path.basename(file))).toEqual([
    "0010_add_title_to_notes.sql",
    "0010_add_title_to_notes.down.sql",
  ]);
  expect(() => newMigration(readFolder(folder), "…", 0)).toThrow(expect.objectContaining({ code: "bad-name" }));
  const stamped = folderOf({ "20240101120000_a.sql": "" });
  expect(path.basename(newMigration(readFolder(stamped), "b", Date.UTC(2024, 5, 1)).up)).toBe("20240601000000_b.sql");
  expect(path.basename(newMigration(readFolder(stamped), "b", Date.UTC(2023, 5, 1)).up)).toBe("20240601000001_b.sql");
});
