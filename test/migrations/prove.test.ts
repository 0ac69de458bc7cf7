import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Proof } from "../../src/migrations/proof/prove.ts";
import { gantry, main, root, temporaryFolder } from "../support/gantry.ts";
import { processesOf, until } from "../support/platform.ts";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder of migrations, and one for what is thrown away, to see that nothing is left in it. */
function project(files: Readonly<Record<string, string>>): { folder: string; scratch: string; env: NodeJS.ProcessEnv } {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-prove-"));
  folders.push(folder);
  const scratch = path.join(folder, "scratch");
  mkdirSync(scratch);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return { folder, scratch, env: { TMPDIR: scratch } };
}

async function proved(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const { folder, scratch, env } = project(files);
  const ran = await gantry(["migrate", "prove", "--json", "--rows", "200", ...args], { cwd: folder, env });
  const told = JSON.parse(ran.out) as { ok: boolean; folders: readonly { major: number; proof: Proof }[] };
  expect(readdirSync(scratch)).toEqual([]);
  const [first] = told.folders;
  if (first === undefined) throw new Error(ran.out + ran.err);
  return { ...ran, ok: told.ok, proof: first.proof, major: first.major };
}

const notes = {
  "migrations/0001_notes.up.sql":
    "CREATE TYPE mood AS ENUM ('sad', 'glad');\nCREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE CHECK (email LIKE '%@%'), mood mood NOT NULL);\n" +
    "CREATE TABLE notes (id uuid PRIMARY KEY, person bigint NOT NULL REFERENCES people, title varchar(40), stars int CHECK (stars BETWEEN 1 AND 5), tags text[] NOT NULL);\n",
  "migrations/0001_notes.down.sql": "DROP TABLE notes; DROP TABLE people; DROP TYPE mood;",
};

test("what is rewritten, locked, read and written is told, and that down restores the very same schema", async () => {
  const { ok, status, proof, major } = await proved({
    ...notes,
    "migrations/0002_token.up.sql":
      "ALTER TABLE notes ADD COLUMN token uuid DEFAULT gen_random_uuid();\nCREATE INDEX notes_title ON notes (title);\nUPDATE notes SET title = 'x' WHERE stars = 1;\n",
    "migrations/0002_token.down.sql": "DROP INDEX notes_title; ALTER TABLE notes DROP COLUMN token;",
  });
  expect({ ok, status, major }).toEqual({ ok: true, status: 0, major: 18 });
  const [first, second] = proof.proved;
  expect(first?.rows.unfilled).toEqual([]);
  expect(second?.rows.filled).toEqual([
    { table: "people", rows: 200 },
    { table: "notes", rows: 200 },
  ]);
  const [add, index, update] = second?.up.statements ?? [];
  expect(add).toMatchObject({ rewritten: ["notes"], lasts: "rewrite", place: { line: 1, column: 1 } });
  expect(add?.locks).toContainEqual({ relation: "notes", kind: "table", mode: "ACCESS EXCLUSIVE" });
  expect(index).toMatchObject({ built: [{ index: "notes_title", of: "notes" }], lasts: "build", rewritten: [] });
  expect(update?.written).toEqual([{ relation: "notes", inserted: 0, updated: expect.any(Number) as number, deleted: 0 }]);
  expect(update?.written[0]?.updated).toBeGreaterThan(0);
  expect(add?.heldMs).toBeGreaterThan((add?.ms ?? 0) + (index?.ms ?? 0));
  expect(second?.down).toMatchObject({ differences: [], drops: ["notes.token"] });
  // The update is not taken back, and is not said to be.
  expect(second?.down?.lost).toEqual([expect.objectContaining({ table: "notes", column: "title" })]);
  expect(second?.again).toMatchObject({ differences: [] });
});

test("a down that leaves something, loses rows or fails is told as a person reads it", async () => {
  const { folder, env } = project({
    ...notes,
    "migrations/0002_index.up.sql": "CREATE INDEX notes_title ON notes (title);\nALTER TABLE notes DROP COLUMN stars;\n",
    "migrations/0002_index.down.sql": "ALTER TABLE notes ADD COLUMN stars smallint CHECK (stars BETWEEN 1 AND 5);",
  });
  const ran = await gantry(["migrate", "prove", "--only", "2", "--rows", "50"], { cwd: folder, env });
  expect(ran.status).toBe(1);
  expect(ran.out).toContain(
    "✗ down does not restore the schema\n    table notes\n      - stars integer\n      + stars smallint\n      + CREATE INDEX notes_title ON",
  );
  expect(ran.out).toContain("! notes.stars is empty, and was not in 50 rows");
  expect(ran.out).toContain(
    '✗ up fails the second time\n    relation "notes_title" already exists (42P07)\n    at migrations/0002_index.up.sql:1:1',
  );
});

test("what cannot be done in a transaction is watched from outside", async () => {
  const { ok, proof } = await proved(
    {
      ...notes,
      "migrations/0002_index.up.sql": "-- gantry: no transaction\nCREATE INDEX CONCURRENTLY notes_title ON notes (title);\n",
      "migrations/0002_index.down.sql": "-- gantry: no transaction\nDROP INDEX CONCURRENTLY notes_title;",
    },
    "migrations/0002_index.up.sql",
  );
  expect(ok).toBe(true);
  expect(proof.proved.map(({ name }) => name)).toEqual(["0002_index.up.sql"]);
  expect(proof.proved[0]?.up.statements).toEqual([
    expect.objectContaining({
      locks: [{ relation: "notes", kind: "table", mode: "SHARE UPDATE EXCLUSIVE" }],
      built: [{ index: "notes_title", of: "notes" }],
      rewritten: [],
    }),
  ]);
});

describe("statements of code", () => {
  const change = {
    ...notes,
    "migrations/0002_title.up.sql":
      "ALTER TABLE notes RENAME COLUMN title TO heading;\nALTER TABLE people ADD COLUMN born date;\nALTER TABLE notes ADD COLUMN kind text NOT NULL DEFAULT 'x';\nALTER TABLE notes ALTER COLUMN kind DROP DEFAULT;\n",
    "migrations/0002_title.down.sql":
      "ALTER TABLE notes DROP COLUMN kind; ALTER TABLE people DROP COLUMN born; ALTER TABLE notes RENAME COLUMN heading TO title;",
    "now.sql":
      "SELECT title FROM notes WHERE person = $1;\nSELECT email FROM people WHERE id = $1 FOR UPDATE;\nINSERT INTO notes (id, person, stars, tags) VALUES ($1, $2, $3, $4);\n",
    "next.sql": "SELECT born FROM people;\nSELECT email FROM people;\n",
  };

  test("break where a name goes, and where a row is refused that was taken before", async () => {
    const { status, proof } = await proved(
      change,
      "migrations",
      "--only",
      "0002",
      "--queries",
      "now.sql",
      "--next-queries",
      "next.sql",
    );
    expect(status).toBe(1);
    const told = proof.proved[0]?.compatibility;
    expect(told?.broken.map(({ place, error }) => [place.line, error])).toEqual([
      [1, 'column "title" does not exist'],
      [3, 'null value in column "kind" of relation "notes" violates not-null constraint'],
    ]);
    expect(told?.needed.map(({ sql }) => sql)).toEqual(["SELECT born FROM people"]);
    expect(told).toMatchObject({ fine: 2, ran: 2, neither: [] });
  });

  test("in a file that is no SQL, with the place", async () => {
    const { folder, env } = project({ ...notes, "now.sql": "SELECT 1;\nSELEC 2;\n" });
    const ran = await gantry(["migrate", "prove", "--queries", "now.sql"], { cwd: folder, env });
    expect(ran).toMatchObject({ status: 2, out: "" });
    expect(ran.err).toContain("now.sql:2:1");
  });
});

test("rows that a new rule refuses say so, and the rest is proved on others", async () => {
  const { ok, proof } = await proved({
    ...notes,
    "migrations/0002_stars.up.sql": "ALTER TABLE notes ALTER COLUMN stars SET NOT NULL, ALTER COLUMN title SET NOT NULL;",
    "migrations/0002_stars.down.sql": "ALTER TABLE notes ALTER COLUMN stars DROP NOT NULL, ALTER COLUMN title DROP NOT NULL;",
  });
  expect(ok).toBe(true);
  expect(proof.proved[1]?.onRows).toMatchObject({ state: "23502", holds: "on rows that keep to it" });
  expect(proof.proved[1]?.up.statements[0]).toMatchObject({ lasts: "scan" });
});

test("a migration that fails stops the proof with its place; one that nobody can take back is told", async () => {
  const { status, proof } = await proved({
    "migrations/0001_a.sql": "CREATE TABLE a (id int);\nCREATE TABLE a (id int);\n",
    "migrations/0002_b.sql": "CREATE TABLE b (id int);\n",
  });
  expect(status).toBe(1);
  expect(proof.stopped).toMatchObject({
    name: "0001_a.sql",
    failure: { code: "migration-fails", state: "42P07", place: { line: 2, column: 1 } },
  });
  expect(proof.proved.map(({ down }) => down)).toEqual([undefined]);
});

test.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("%s leaves no process and no folder", async (signal) => {
  const { folder, scratch, env } = project({ "migrations/0001_wait.sql": "SELECT pg_sleep(600);" });
  const child = spawn(process.execPath, [main, "migrate", "prove"], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: "ignore",
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  await until(
    "a server that works",
    () => processesOf(scratch).length,
    (count) => count > 4,
  );
  child.kill(signal);
  expect(await ended).toBe(signal === "SIGINT" ? 130 : null);
  await until(
    "everything gone",
    () => [processesOf(scratch), readdirSync(scratch)],
    (left) => left.flat().length === 0,
  );
});

test("is used without any spec, and says where nothing is", async () => {
  const folder = temporaryFolder();
  expect(await gantry(["migrate", "prove", "nowhere"], { cwd: folder })).toMatchObject({ status: 2, out: "" });
  const nothing = await gantry(["migrate", "prove", "--rows", "many"], { cwd: folder });
  expect(nothing.err).toContain("--rows many is no number");
});

test.each(["bytereview", "cpa-platform"])(
  "%s says that it can be undone, and every one of its migrations can",
  async (name) => {
    const scratch = mkdtempSync(path.join(tmpdir(), "gantry-prove-"));
    folders.push(scratch);
    const migrations = path.join(root, "examples", name, "migrations");
    const ran = await gantry(["migrate", "prove", migrations, "--json", "--rows", "50"], {
      cwd: scratch,
      env: { TMPDIR: scratch },
    });
    const { folders: told } = JSON.parse(ran.out) as { folders: readonly { proof: Proof }[] };
    const all = told.flatMap(({ proof }) => proof.proved);
    expect([ran.status, all.length]).toEqual([0, readdirSync(migrations).length]);
    expect(all.map(({ down }) => down?.differences)).toEqual(all.map(() => []));
  },
  60_000,
);
