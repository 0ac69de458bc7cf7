import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { gantry, temporaryFolder } from "../support/gantry.ts";

function folderWith(files: Readonly<Record<string, string>>): string {
  const cwd = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true });
    writeFileSync(path.join(cwd, name), text);
  }
  return cwd;
}

type Linted = {
  readonly files: number;
  readonly findings: readonly { file: string; rule: string; severity: string; from: { line: number; column: number } }[];
  readonly unread: readonly { code: string; message: string; places: readonly { file: string }[] }[];
};

async function lint(cwd: string, ...args: readonly string[]) {
  const { status, out, err } = await gantry(["migrate", "lint", ...args, "--json"], { cwd });
  const { files, findings, unread } = JSON.parse(out) as Linted;
  const errors = findings.filter(({ severity }) => severity === "error");
  return {
    status,
    err,
    files,
    errors: errors.map(({ file, rule, from }) => `${file}:${from.line}:${from.column} ${rule}`),
    unread: unread.map(({ code, places }) => `${places[0]?.file} ${code}`),
  };
}

const alembic = `BEGIN;

CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);

-- Running upgrade  -> ae10

CREATE TABLE "é" (n int);

INSERT INTO alembic_version (version_num) VALUES ('ae10');

-- Running upgrade ae10 -> be20

CREATE INDEX e_n ON "é" (n);

UPDATE alembic_version SET version_num='be20' WHERE alembic_version.version_num = 'ae10';

-- Running upgrade be20 -> ce30

COMMIT;

CREATE INDEX CONCURRENTLY e_m ON "é" (n);

BEGIN;

ALTER TABLE "é" DROP COLUMN n;

UPDATE alembic_version SET version_num='ce30' WHERE alembic_version.version_num = 'be20';

COMMIT;
`;

describe("folders of other tools are read as these tools run them, with the places of the whole file", () => {
  const made = "CREATE TABLE a (b bigint);\n";
  test.each<[string, Readonly<Record<string, string>>, readonly string[], number]>([
    [
      "ours, with the way back behind it",
      { "0001_a.sql": made, "0002_b.sql": "SELECT 1;\n-- gantry: down\n\n  DROP INDEX a_b;\n", "seed.sql": "DROP TABLE a;" },
      ["m/0002_b.sql:4:3 drop-index-not-concurrently"],
      2,
    ],
    [
      "sqlx's, in the order of their numbers",
      {
        "9_a.up.sql": made,
        "9_a.down.sql": "DROP TABLE a;",
        "10_b.up.sql": "-- no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS a_b ON a (b);\nCREATE INDEX a_c ON a (b);",
      },
      ["m/10_b.up.sql:3:1 index-not-concurrently"],
      2,
    ],
    [
      "dbmate's",
      {
        "20240101_a.sql": `-- migrate:up\n${made}-- migrate:down\nDROP TABLE a;\n`,
        "20240102_b.sql":
          "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY a_b ON a (b);\n-- migrate:down\nDROP INDEX a_b;\n",
      },
      ["m/20240102_b.sql:4:1 drop-index-not-concurrently"],
      2,
    ],
    [
      "Prisma's",
      {
        "migration_lock.toml": 'provider = "postgresql"',
        "20240101_a/migration.sql": made,
        "20240102_b/migration.sql": '-- AlterTable\nALTER TABLE "a" DROP COLUMN "b";',
        "20240103_c/migration.sql": "-- CreateIndex\nCREATE INDEX CONCURRENTLY a_b ON a (b);\n",
      },
      ["m/20240102_b/migration.sql:2:17 drop-column"],
      3,
    ],
    [
      "Flyway's, with what it runs whenever it changed, and outside of a transaction where its configuration says so",
      {
        "V1_9__a.sql": made,
        "V1_10__b.sql": "CREATE INDEX CONCURRENTLY a_b ON a (b);",
        "V1_10__b.sql.conf": "executeInTransaction=false\n",
        "V2__c.sql": "CREATE INDEX CONCURRENTLY a_c ON a (b);",
        "U2__c.sql": "DROP INDEX a_c;",
        "R__z.sql": "DROP TABLE a;",
      },
      ["m/V2__c.sql:1:1 concurrently-in-transaction", "m/U2__c.sql:1:1 drop-index-not-concurrently", "m/R__z.sql:1:1 drop-table"],
      4,
    ],
    [
      "what Alembic writes out, by its revisions, which may leave their transaction",
      { "env.py": "", "versions/ae10_a.py": "", "upgrade.sql": alembic },
      ["m/upgrade.sql:13:1 index-not-concurrently", "m/upgrade.sql:25:17 drop-column"],
      3,
    ],
  ])("%s", async (_what, files, errors, count) => {
    const cwd = folderWith(Object.fromEntries(Object.entries(files).map(([name, text]) => [`m/${name}`, text])));
    expect(await lint(cwd, "m")).toMatchObject({ status: errors.length > 0 ? 1 : 0, errors, unread: [], files: count });
  });

  test("Alembic's Python alone is said to be none that can be read, with what writes it out", async () => {
    const cwd = folderWith({ "m/env.py": "", "m/versions/ae10_a.py": "" });
    expect(await lint(cwd, "m")).toMatchObject({ status: 2, files: 0, unread: [expect.stringContaining("no-migrations")] });
    expect(await gantry(["migrate", "lint", "-", "--since", "ae10"], { cwd, input: alembic })).toMatchObject({
      status: 1,
      out: expect.stringMatching(/^stdin\.sql:13:1 error index-not-[^]*stdin\.sql:25:17 error drop-column/) as string,
    });
  });
});

describe("what is wrong with one file is told of it, and the others are judged", () => {
  test("in a folder", async () => {
    const cwd = folderWith({
      "m/0001_a.sql": "CREATE TABLE a (b int);",
      "m/0002_c.sql": "DROP TABLE c;",
      "m/2_twice.sql": "DROP TABLE d;",
      "m/0003_nul.down.sql": "\0",
      "m/0003_nul.sql": "DROP TABLE e;",
      "m/0004_two.sql": "DROP TABLE f;\n-- gantry: down\n-- gantry: down\n",
      "m/0006_\u0007.sql": "DROP TABLE g;",
    });
    symlinkSync("nowhere", path.join(cwd, "m/0005_gone.sql"));
    writeFileSync(path.join(cwd, "m/0007_latin.sql"), Buffer.from([0xe9, 0x20]));
    const { status, errors, unread } = await lint(cwd, "m");
    expect(status).toBe(2);
    expect(errors.map((one) => one.slice(0, 10))).toEqual(["m/0002_c.s", "m/2_twice.", "m/0003_nul", "m/0004_two"]);
    expect(unread.toSorted()).toEqual(
      [
        "m/0003_nul.down.sql migration-unreadable",
        "m/0004_two.sql migration-order",
        "m/0005_gone.sql migration-unreadable",
        "m/0007_latin.sql migration-unreadable",
        "m/2_twice.sql migration-order",
        "undefined bad-name",
      ].toSorted(),
    );
  });

  test("one that is shipped is passed over, also where nothing can be read of it", async () => {
    const cwd = folderWith({ "m/0002_b.sql": "CREATE TABLE b ();" });
    symlinkSync("nowhere", path.join(cwd, "m/0001_gone.sql"));
    expect(await lint(cwd, "m", "--since", "1")).toMatchObject({ status: 0, unread: [] });
  });

  test("dbmate's folder is dbmate's, also where its first file cannot be read", async () => {
    const files = { "1_a.sql": "\0", "2_b.sql": "-- migrate:up\nSELECT 1;\n-- migrate:down\nDROP TABLE a;\n" };
    const cwd = folderWith(Object.fromEntries(Object.entries(files).map(([name, text]) => [`m/${name}`, text])));
    expect(await lint(cwd, "m")).toMatchObject({ status: 2, errors: [], unread: ["m/1_a.sql migration-unreadable"] });
  });
});

describe("files that are named", () => {
  const files = {
    "m/0001_a.sql": "CREATE TABLE a (b int);",
    "m/0001_a.down.sql": "DROP TABLE a;",
    "m/0002_b.sql": "ALTER TABLE a ADD c int;\nDROP TABLE zzz;",
    "m/0003_c.sql": "DROP TABLE c;",
  };

  test("are judged, and what comes before them is known; ways down are ways down, as a shell names them too", async () => {
    const cwd = folderWith(files);
    const all = readdirSync(path.join(cwd, "m")).map((name) => `m/${name}`);
    expect((await lint(cwd, ...all)).errors).toEqual(["m/0002_b.sql:2:1 drop-table", "m/0003_c.sql:1:1 drop-table"]);
    expect((await lint(cwd, "m/*.sql")).errors).toEqual(["m/0002_b.sql:2:1 drop-table", "m/0003_c.sql:1:1 drop-table"]);
    expect(await lint(cwd, "m/0002_b.sql")).toMatchObject({ files: 1, errors: ["m/0002_b.sql:2:1 drop-table"] });
    expect(await lint(cwd, "m/0001_a.down.sql")).toMatchObject({ status: 0, errors: [] });
  });

  test("need no order and no folder of a tool; beside what cannot be read they can", async () => {
    const cwd = folderWith({
      ...files,
      "m/0001_x.sql": "\0",
      "b.sql": "DROP TABLE b;",
      "a.sql": "DROP TABLE a;",
      "x.down.sql": "DROP TABLE x;",
    });
    expect(await lint(cwd, "b.sql", "a.sql", "x.down.sql", "m/0003_c.sql")).toMatchObject({
      unread: [],
      errors: ["b.sql:1:1 drop-table", "a.sql:1:1 drop-table", "m/0003_c.sql:1:1 drop-table"],
    });
    expect((await lint(cwd, ".")).errors).toEqual(["a.sql:1:1 drop-table", "b.sql:1:1 drop-table"]);
  });

  test("Prisma's is known by its folder", async () => {
    const cwd = folderWith({
      "p/20240101_a/migration.sql": "CREATE TABLE a (b int);",
      "p/20240102_b/migration.sql": "DROP TABLE a;",
    });
    expect(await lint(cwd, "p/20240102_b/migration.sql")).toMatchObject({
      files: 1,
      errors: ["p/20240102_b/migration.sql:1:1 drop-table"],
    });
  });
});

test("what --fix writes is in nobody's way: the folder is run as before, and revisions that share a file do not share a folder", async () => {
  const cwd = folderWith({
    "m/0001_a.sql": "CREATE TABLE a (b int);",
    "m/0002_b.sql": "CREATE INDEX a_b ON a (b);",
    "o/up.sql": alembic,
  });
  const before = (await gantry(["migrate", "sql", "--dir", "m"], { cwd })).out;
  expect((await gantry(["migrate", "lint", "m", "--fix"], { cwd })).out).toContain("0002_b.safe");
  expect(await gantry(["migrate", "sql", "--dir", "m"], { cwd })).toMatchObject({ status: 0, out: before });
  await gantry(["migrate", "lint", "o", "--fix"], { cwd });
  expect(readdirSync(path.join(cwd, "o"))).toEqual(["up.be20.safe", "up.ce30.safe", "up.sql"]);
  expect(readFileSync(path.join(cwd, "o/up.be20.safe/this-release-01.sql"), "utf8")).toContain("CONCURRENTLY");
});
