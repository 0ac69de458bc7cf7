import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { withClient } from "../../../migrations/run/connect.ts";
import { databaseUrl, dropDatabase, provisionDatabase, type DatabaseSpec } from "./databases.ts";
import { applyMigrations } from "../../../migrations/run/apply.ts";
import { ensurePostgres, removePostgres, type PostgresServer } from "./server.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "gantry-migrate-"));
const migrate = { name: "app_migrate", password: "m", kind: "migrator" } as const;
const api = { name: "app_api", password: "a", kind: "service" } as const;
const spec: DatabaseSpec = { database: "app", owner: "app_owner", roles: [migrate, api] };
let server: PostgresServer;
let folder: string;
let url: string;

beforeAll(async () => {
  server = await ensurePostgres({ folder: path.join(scratch, "postgres") });
  url = databaseUrl(server, migrate, spec.database);
});
beforeEach(async () => {
  await dropDatabase(server, spec.database, []);
  await provisionDatabase(server, spec);
  folder = mkdtempSync(path.join(scratch, "migrations-"));
});
afterAll(async () => {
  await removePostgres(path.join(scratch, "postgres"));
  rmSync(scratch, { recursive: true, force: true });
});

const write = (name: string, sql: string): void => writeFileSync(path.join(folder, name), sql);
const apply = () => applyMigrations({ url, migrations: folder });
const rows = (sql: string): Promise<readonly unknown[]> => withClient(url, async (client) => (await client.query(sql)).rows);
const recorded = async (): Promise<readonly unknown[]> =>
  (await rows("SELECT name FROM gantry.gantry_migrations ORDER BY name")).map((row) => (row as { name: string }).name);

test("applies files in the order of their numbers, once, and never what undoes them", async () => {
  write("0002_b.sql", "INSERT INTO a VALUES (2);");
  write("0001_a.up.sql", "CREATE TABLE a (n int);");
  write("0001_a.down.sql", "DROP TABLE a;");
  write("10_c.sql", "INSERT INTO a VALUES (10);");
  write("README.md", "no SQL");
  expect(await apply()).toEqual({ applied: ["0001_a.up.sql", "0002_b.sql", "10_c.sql"], already: 0 });
  expect(await apply()).toEqual({ applied: [], already: 3 });
  expect(await rows("SELECT n FROM a ORDER BY n")).toEqual([{ n: 2 }, { n: 10 }]);
});

test("several at once apply each file once, also an index made concurrently", async () => {
  write("0001_a.sql", "CREATE TABLE a (n int); INSERT INTO a VALUES (1);");
  write("0002_index.sql", "-- gantry: no transaction\nCREATE INDEX CONCURRENTLY a_n ON a (n);");
  write("0003_b.sql", "INSERT INTO a VALUES (3);");
  const all = await Promise.all([apply(), apply(), apply()]);
  expect(all.map(({ applied }) => applied.length).toSorted((a, b) => a - b)).toEqual([0, 0, 3]);
  expect(await rows("SELECT n FROM a ORDER BY n")).toEqual([{ n: 1 }, { n: 3 }]);
  expect(await rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_n'::regclass")).toEqual([{ indisvalid: true }]);
});

test("a file that fails says where and why, and leaves nothing of itself", async () => {
  write("0001_a.sql", "CREATE TABLE a (n int);");
  write("0002_b.sql", "CREATE TABLE b (n int);\n-- 😀\nINSERT INTO\n  nowhere VALUES (1);");
  const file = path.join(folder, "0002_b.sql");
  await expect(apply()).rejects.toMatchObject({
    code: "migration-fails",
    message: `${file}:4:3: relation "nowhere" does not exist (42P01)`,
    places: [{ file, line: 4, column: 3 }],
  });
  expect(await recorded()).toEqual(["0001_a.sql"]);
  expect(await rows("SELECT to_regclass('b') AS b")).toEqual([{ b: null }]);
  write("0002_b.sql", "CREATE TABLE b (n int);");
  expect(await apply()).toEqual({ applied: ["0002_b.sql"], already: 1 });
});

test("a file that changed after it was applied is refused, and nothing behind it is done", async () => {
  write("0001_a.sql", "CREATE TABLE a (n int);");
  await apply();
  write("0001_a.sql", "CREATE TABLE a (n bigint);");
  write("0002_b.sql", "CREATE TABLE b (n int);");
  await expect(apply()).rejects.toMatchObject({ code: "migration-changed", places: [{ file: path.join(folder, "0001_a.sql") }] });
  expect(await recorded()).toEqual(["0001_a.sql"]);
});

test.each([
  ["migration-order", { "0001_a.sql": "SELECT 1", "1_b.sql": "SELECT 1" }],
  ["migration-commits", { "0001_a.sql": "CREATE TABLE a (n int); COMMIT;" }],
  ["migration-fails", { "0001_a.sql": "CREATE TABLE a (n int);\nCREATE INDEX CONCURRENTLY x ON a (n);" }],
  [
    "migration-fails",
    { "0001_a.sql": "-- gantry: no transaction\nCREATE TABLE a (n int);\nCREATE INDEX CONCURRENTLY x ON a (m);" },
  ],
])("%s: %j", async (code, files) => {
  for (const [name, sql] of Object.entries(files)) write(name, sql);
  await expect(apply()).rejects.toMatchObject({ code, hint: expect.stringMatching(/./) });
});

test("what a migrator makes is the owner's, and the records are not the services' to see", async () => {
  write("0001_a.sql", "CREATE TABLE a (n int); CREATE SCHEMA more; CREATE TABLE more.b (n int);");
  await apply();
  expect(await rows("SELECT DISTINCT tableowner FROM pg_tables WHERE tablename IN ('a', 'b', 'gantry_migrations')")).toEqual([
    { tableowner: "app_owner" },
  ]);
  // A schema that is new is opened to the services by provisioning again.
  await provisionDatabase(server, spec);
  await withClient(databaseUrl(server, api, spec.database), async (client) => {
    await client.query("INSERT INTO a VALUES (1); INSERT INTO more.b VALUES (1)");
    await expect(client.query("SELECT * FROM gantry.gantry_migrations")).rejects.toMatchObject({ code: "42501" });
  });
});

test("values that a failing row held are in no message", async () => {
  write("0001_a.sql", "CREATE TABLE a (mail text PRIMARY KEY);\nINSERT INTO a VALUES ('ann@example.org'), ('ann@example.org');");
  const error: Error = await apply().then(
    () => new Error("applied"),
    (reason: Error) => reason,
  );
  expect(error.message).toContain("23505");
  expect(error.message).not.toContain("ann@example.org");
  expect(readFileSync(path.join(folder, "0001_a.sql"), "utf8")).toContain("ann@example.org");
});
