import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { readMigrations } from "../../src/migrations/files/read-folder.ts";
import { type MigrateOptions, applyMigrations } from "../../src/migrations/run/apply.ts";
import { revertMigrations } from "../../src/migrations/run/down.ts";
import { planUp } from "../../src/migrations/run/dry-run.ts";
import type { MigrateEvent } from "../../src/migrations/run/events.ts";
import { asReadOnly, standOf } from "../../src/migrations/run/status.ts";
import { type TestDatabase, type TestPostgres, startPostgres } from "../support/examples-postgres.ts";
import { gantry, main } from "../support/gantry.ts";
import { until } from "../support/examples-services.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "gantry-runner-"));
let postgres: TestPostgres;
let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
});
beforeEach(async () => {
  database = await postgres.database();
  folder = mkdtempSync(path.join(scratch, "m-"));
});
afterAll(async () => {
  await postgres.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [name, sql] of Object.entries(files)) writeFileSync(path.join(folder, name), sql);
};
const rows = (sql: string): Promise<unknown[]> => database.asOwner(sql);
const up = (options: Partial<MigrateOptions> = {}) => applyMigrations({ url: database.ownerUrl, migrations: folder, ...options });
const down = (steps = 1) => revertMigrations({ url: database.ownerUrl, migrations: readMigrations(folder), back: { steps } });
const stand = () => asReadOnly(database.ownerUrl, (client) => standOf(client, readMigrations(folder)));
const states = async () => (await stand()).migrations.map(({ name, is }) => `${name} ${is}`);

/** The command itself, that somebody may kill. */
function startCommand(...args: readonly string[]): {
  readonly child: ChildProcess;
  readonly ended: Promise<{ status: number | null; said: string }>;
} {
  const child = spawn(process.execPath, [main, "migrate", ...args, "--dir", folder], {
    env: { ...process.env, DATABASE_URL: database.ownerUrl, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text: string) => (said += text));
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, ended: new Promise((resolve) => child.once("close", (status) => resolve({ status, said }))) };
}

/** A statement that stops there; where it stands is seen by a lock, for what others run is hidden. */
const stops = "SELECT pg_advisory_xact_lock(4711); SELECT pg_sleep(600)";
const hasStopped = (): Promise<void> =>
  until(
    async () => (await rows("SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711")).length > 0,
    "it has come so far",
  );

/** Nobody migrates: also the server has seen that a runner is gone. */
const isFree = (): Promise<void> =>
  until(
    async () =>
      (
        await rows(
          "SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
      ).length === 0,
    "nobody migrates",
  );

async function connected(): Promise<Client> {
  const client = new Client({ connectionString: database.ownerUrl });
  client.on("error", () => undefined);
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  return client;
}

describe("kill -9", () => {
  test("in the middle of a migration leaves nothing of it, and the next run does it", async () => {
    write({
      "0001_slow.sql": "CREATE TABLE slow (n int); INSERT INTO slow VALUES (1);",
      "0002_b.sql": `CREATE TABLE b (n int); ${stops} FROM slow;`,
    });
    const { child, ended } = startCommand("up");
    await hasStopped();
    child.kill("SIGKILL");
    await ended;
    expect(await rows("SELECT to_regclass('b') AS b")).toEqual([{ b: null }]);
    await rows("DELETE FROM slow");
    // Waits until the server has seen that nobody waits any more.
    expect(await up()).toEqual({ applied: ["0002_b.sql"], already: 1 });
    expect(await states()).toEqual(["0001_slow.sql applied", "0002_b.sql applied"]);
  });

  test("in the middle of a backfill: the next run goes on where it was, and no row is done twice", async () => {
    write({
      "0001_a.sql":
        "CREATE TABLE a (k text, j int, n int NOT NULL DEFAULT 0, PRIMARY KEY (k, j)); INSERT INTO a SELECT (i % 7)::text, i FROM generate_series(1, 3000) i;",
      "0002_fill.sql": "-- gantry: backfill batch 50 pause 20ms\nUPDATE a AS it SET n = n + 1 -- each once\n;",
    });
    const { child, ended } = startCommand("up");
    await until(
      async () =>
        (await rows("SELECT FROM gantry.gantry_migrations_half WHERE (progress->'backfill'->>'seen')::int > 100").catch(() => []))
          .length > 0,
      "some batches are done",
    );
    child.kill("SIGKILL");
    await ended;
    const [before] = (await rows("SELECT sum(n)::int AS done FROM a")) as { done: number }[];
    expect(before?.done).toBeGreaterThan(100);
    expect(before?.done).toBeLessThan(3_000);
    expect(await states()).toEqual(["0001_a.sql applied", "0002_fill.sql half-way"]);
    const seen: MigrateEvent[] = [];
    await up({ tell: (event) => seen.push(event) });
    const first = seen.find((one) => one.event === "backfilled");
    expect(first?.seen).toBeGreaterThan(before?.done ?? Infinity);
    expect(await rows("SELECT n, count(*)::int FROM a GROUP BY n")).toEqual([{ n: 1, count: 3_000 }]);
    expect(await rows("SELECT * FROM gantry.gantry_migrations_half")).toEqual([]);
  });

  test("in the middle of an index build: the invalid one is dropped and built again", async () => {
    write({
      "0001_a.sql": "CREATE TABLE a (n int); INSERT INTO a SELECT generate_series(1, 100);",
      "0002_index.sql":
        "-- gantry: no transaction\nCREATE TABLE first (n int);\nCREATE INDEX CONCURRENTLY a_n ON a (n);\nCREATE TABLE last (n int);",
    });
    await up({ to: "1" });
    const other = await connected();
    await other.query("BEGIN; INSERT INTO a VALUES (0)");
    const { child, ended } = startCommand("up");
    await until(
      async () => (await rows("SELECT FROM pg_index WHERE indexrelid = to_regclass('a_n')")).length > 0,
      "the index is being built",
    );
    child.kill("SIGKILL");
    await ended;
    await isFree();
    await other.query("COMMIT");
    expect(await rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_n'::regclass")).toEqual([{ indisvalid: false }]);
    const seen: MigrateEvent[] = [];
    await up({ tell: (event) => seen.push(event) });
    expect(seen).toContainEqual({ event: "index-dropped", migration: "0002_index.sql", index: "public.a_n" });
    expect(await rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_n'::regclass")).toEqual([{ indisvalid: true }]);
    expect(await rows("SELECT to_regclass('last')::text AS last")).toEqual([{ last: "last" }]);
  });
});

test("in a lock queue it gives way: what others send gets through before it does, and it gets through in the end", async () => {
  write({ "0001_a.sql": "CREATE TABLE a (n int);", "0002_b.sql": "ALTER TABLE a ADD COLUMN b int;" });
  await up({ to: "1" });
  const [reader, others] = [await connected(), await connected()];
  await reader.query("BEGIN; SELECT * FROM a");
  const going = { on: true, done: 0 };
  const traffic = (async () => {
    while (going.on) {
      await others.query("INSERT INTO a (n) VALUES (1)");
      going.done += 1;
    }
  })();
  const seen: MigrateEvent[] = [];
  let migrated = false;
  const migrating = up({ limits: { lockTimeoutMs: 100 }, tell: (event) => seen.push(event) }).then((result) => {
    migrated = true;
    return result;
  });
  const tries = () => seen.filter((one) => one.event === "locked-out").length;
  for (const wanted of [1, 2]) {
    await until(() => Promise.resolve(tries() >= wanted), `try ${wanted} gave way`);
    const before = going.done;
    await until(() => Promise.resolve(going.done > before + 20), "others go on");
    expect(migrated).toBe(false);
  }
  await reader.query("COMMIT");
  expect(await migrating).toEqual({ applied: ["0002_b.sql"], already: 1 });
  going.on = false;
  await traffic;
  expect(seen.find((one) => one.event === "locked-out")).toMatchObject({
    migration: "0002_b.sql",
    attempt: 1,
    holder: expect.stringMatching(/process \d+ of .* locks/),
  });
});

test("who finds no lock in all its patience says so, and has done nothing", async () => {
  write({ "0001_a.sql": "CREATE TABLE a (n int);", "0002_b.sql": "CREATE TABLE b (n int); ALTER TABLE a ADD COLUMN b int;" });
  await up({ to: "1" });
  const reader = await connected();
  await reader.query("BEGIN; SELECT * FROM a");
  await expect(up({ limits: { lockTimeoutMs: 50, patienceMs: 100 } })).rejects.toMatchObject({ code: "locked-out" });
  expect(await rows("SELECT to_regclass('b') AS b")).toEqual([{ b: null }]);
});

test("two commands at once do each file once, and the second waits its turn", async () => {
  write({
    "0001_a.sql": "CREATE TABLE a (n int); INSERT INTO a VALUES (1);",
    "0002_b.sql": "INSERT INTO a VALUES (2); SELECT pg_sleep(0.5);",
  });
  const both = await Promise.all([startCommand("up", "--json").ended, startCommand("up", "--json").ended]);
  expect(both.map(({ status }) => status)).toEqual([0, 0]);
  const applied = both.map(({ said }) => (JSON.parse(said) as { applied: string[] }).applied.length);
  expect(applied.toSorted((a, b) => a - b)).toEqual([0, 2]);
  expect(await rows("SELECT n FROM a ORDER BY n")).toEqual([{ n: 1 }, { n: 2 }]);
});

test("Ctrl-C undoes what is under way, says so and ends with 130", async () => {
  write({ "0001_a.sql": "CREATE TABLE a (n int);", "0002_b.sql": `CREATE TABLE b (n int); ${stops};` });
  const { child, ended } = startCommand("up");
  await hasStopped();
  child.kill("SIGINT");
  const { status, said } = await ended;
  expect(said).toContain("interrupted: 0002_b.sql was under way in a transaction, which is undone");
  expect(status).toBe(130);
  expect(said).not.toContain(new URL(database.ownerUrl).password + "@");
  expect(await states()).toEqual(["0001_a.sql applied", "0002_b.sql open"]);
});

test("a cancelled index build leaves no invalid index", async () => {
  write({
    "0001_a.sql": "CREATE TABLE a (n int);",
    "0002_index.sql": "-- gantry: no transaction\nCREATE INDEX CONCURRENTLY a_n ON a (n);",
  });
  await up({ to: "1" });
  const other = await connected();
  await other.query("BEGIN; INSERT INTO a VALUES (0)");
  const stop = new AbortController();
  const going = up({ signal: stop.signal }).catch((error: unknown) => error);
  await until(
    async () => (await rows("SELECT FROM pg_index WHERE indexrelid = to_regclass('a_n')")).length > 0,
    "it is being built",
  );
  stop.abort();
  // The way back is as polite as the way there: it waits for whoever could still be using the index.
  await until(
    async () =>
      (await rows("SELECT FROM pg_locks WHERE relation = to_regclass('a_n') AND mode = 'ShareUpdateExclusiveLock'")).length > 0,
    "it is being dropped",
  );
  await other.query("COMMIT");
  expect(await going).toMatchObject({ code: "interrupted" });
  expect(await rows("SELECT to_regclass('a_n') AS a_n")).toEqual([{ a_n: null }]);
  expect(await states()).toEqual(["0001_a.sql applied", "0002_index.sql half-way"]);
  await up();
  expect(await states()).toEqual(["0001_a.sql applied", "0002_index.sql applied"]);
});

test("a unique index that the rows do not allow leaves nothing, and is built once they do", async () => {
  write({
    "0001_a.sql": "CREATE TABLE a (n int); INSERT INTO a VALUES (1), (1);",
    "0002_index.sql": "-- gantry: no transaction\nCREATE UNIQUE INDEX CONCURRENTLY a_n ON a (n);",
  });
  await expect(up()).rejects.toMatchObject({ code: "migration-fails", message: expect.stringContaining("0002_index.sql:2:1:") });
  expect(await rows("SELECT to_regclass('a_n') AS a_n")).toEqual([{ a_n: null }]);
  await rows("DELETE FROM a WHERE ctid = '(0,1)'");
  expect(await up()).toEqual({ applied: ["0002_index.sql"], already: 1 });
});

test("outside of a transaction what failed is mended and gone on with; what was done already may not change meanwhile", async () => {
  const first = "-- gantry: no transaction\nCREATE TABLE a (n int);\n";
  write({ "0001_a.sql": `${first}INSERT INTO nowhere VALUES (1);\nCREATE TABLE c (n int);` });
  await expect(up()).rejects.toMatchObject({
    code: "migration-fails",
    places: [expect.objectContaining({ line: 3, column: 13 })],
  });
  expect((await stand()).migrations).toMatchObject([{ is: "half-way", says: expect.stringContaining("1 statements done") }]);
  write({ "0001_a.sql": "-- gantry: no transaction\nCREATE TABLE b (n int);" });
  await expect(up()).rejects.toMatchObject({ code: "migration-half-done" });
  write({ "0001_a.sql": `${first}INSERT INTO a VALUES (1);\nCREATE TABLE c (n int);` });
  expect(await up()).toEqual({ applied: ["0001_a.sql"], already: 0 });
  expect(await rows("SELECT n FROM a")).toEqual([{ n: 1 }]);
});

test.each([
  ["UPDATE a SET n = 1; UPDATE a SET n = 2", "more than one statement"],
  ["INSERT INTO a VALUES (1)", "no UPDATE and no DELETE"],
  ["UPDATE a SET k = k + 1", "changes k, by which"],
  ["UPDATE keyless SET n = 1", "no primary key"],
  ["UPDATE a SET n = 1 RETURNING k", "RETURNING"],
])("a backfill that cannot be done in batches is refused: %s", async (sql, says) => {
  write({
    "0001_a.sql": "CREATE TABLE a (k int PRIMARY KEY, n int); CREATE TABLE keyless (n int);",
    "0002_fill.sql": `-- gantry: backfill\n${sql}`,
  });
  await expect(up()).rejects.toMatchObject({ code: "bad-backfill", message: expect.stringContaining(says) });
});

test("a backfill keeps its condition, whatever stands in it, and gives way to whoever waits for its rows", async () => {
  write({
    "0001_a.sql": "CREATE TABLE a (k int PRIMARY KEY, n int); INSERT INTO a SELECT generate_series(1, 400), NULL;",
    "0002_fill.sql":
      "-- gantry: backfill batch 100\nUPDATE a SET n = (SELECT count(*) FROM a AS b WHERE b.k < 0) -- 'where'\n  WHERE n IS NULL OR k IN (SELECT 1 WHERE false) OR false -- all of it",
  });
  await up({ to: "1" });
  const [other, waiter] = [await connected(), await connected()];
  await rows("UPDATE a SET n = 7 WHERE k = 5");
  await other.query("BEGIN; UPDATE a SET n = 8 WHERE k = 150");
  const seen: MigrateEvent[] = [];
  const going = up({ limits: { lockTimeoutMs: 200 }, tell: (event) => seen.push(event) });
  await until(() => Promise.resolve(seen.some((one) => one.event === "locked-out")), "it gives way");
  await waiter.query("UPDATE a SET n = 9 WHERE k = 120");
  await other.query("COMMIT");
  await going;
  expect(await rows("SELECT n, count(*)::int FROM a GROUP BY n ORDER BY n")).toEqual([
    { n: 0, count: 397 },
    { n: 7, count: 1 },
    { n: 8, count: 1 },
    { n: 9, count: 1 },
  ]);
});

test("goes back by its downs, the newest first, each in its transaction; where one fails, what came before it stays", async () => {
  write({
    "0001_a.sql": "CREATE TABLE a (n int);\n-- gantry: down\nDROP TABLE nowhere;",
    "0002_b.up.sql": "CREATE TABLE b (n int);",
    "0002_b.down.sql": "DROP TABLE b;",
    "0003_c.sql": "CREATE TABLE c (n int);",
  });
  await up();
  await expect(down(2)).rejects.toMatchObject({ code: "no-way-back", message: expect.stringContaining("0003_c.sql") });
  expect(await rows("SELECT to_regclass('b')::text AS b")).toEqual([{ b: "b" }]);
  write({ "0003_c.down.sql": "DROP TABLE c;" });
  await expect(down(3)).rejects.toMatchObject({
    code: "migration-fails",
    message: expect.stringMatching(/0001_a\.sql:3:1: table "nowhere" does not exist/),
  });
  expect(await states()).toEqual(["0001_a.sql applied", "0002_b.up.sql open", "0003_c.sql open"]);
  expect(await rows("SELECT to_regclass('a')::text AS a, to_regclass('b') AS b")).toEqual([{ a: "a", b: null }]);
  expect(await up()).toEqual({ applied: ["0002_b.up.sql", "0003_c.sql"], already: 1 });
  expect(await revertMigrations({ url: database.ownerUrl, migrations: readMigrations(folder), back: { to: "1" } })).toEqual({
    reverted: ["0003_c.sql", "0002_b.up.sql"],
    left: 1,
  });
});

test("a dry run says what would be done, in a transaction in which the database lets nothing be changed", async () => {
  write({ "0001_a.sql": "CREATE TABLE a (n int);\nINSERT INTO a VALUES (1);" });
  expect(await planUp(database.ownerUrl, readMigrations(folder))).toMatchObject([
    { name: "0001_a.sql", how: "in one transaction", statements: [{ line: 1, sql: "CREATE TABLE a (n int)" }, { line: 2 }] },
  ]);
  expect(await rows("SELECT to_regclass('gantry.gantry_migrations') AS g")).toEqual([{ g: null }]);
  await expect(asReadOnly(database.ownerUrl, (client) => client.query("CREATE TABLE b (n int)"))).rejects.toMatchObject({
    code: "25006",
  });
});

test("a database that goes away in the middle is told apart from a migration that fails", async () => {
  write({ "0001_a.sql": "CREATE TABLE a (n int);", "0002_b.sql": `CREATE TABLE b (n int); ${stops};` });
  const going = up().catch((error: unknown) => error);
  await hasStopped();
  await postgres.restart();
  expect(await going).toMatchObject({ code: "database-gone", message: expect.stringContaining("0002_b.sql was under way") });
  expect(await states()).toEqual(["0001_a.sql applied", "0002_b.sql open"]);
});

test("who may not is told what is missing, and by the command without a password", async () => {
  write({ "0001_a.sql": "CREATE TABLE a (n int);" });
  await expect(up({ url: database.url })).rejects.toMatchObject({
    code: "not-allowed",
    hint: expect.stringContaining("GRANT CREATE"),
  });
  const wrong = new URL(database.ownerUrl);
  wrong.password = "hunter2hunter2";
  const { status, out, err } = await gantry(["migrate", "status", "--dir", folder, "--json"], {
    env: { DATABASE_URL: wrong.href },
  });
  expect([status, (JSON.parse(out) as { error: { code: string } }).error.code]).toEqual([5, "no-connection"]);
  expect(out + err).not.toContain("hunter2hunter2");
});

test("another tool's history is shown, and nothing is run beside it", async () => {
  await rows("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('ae10')");
  await rows(
    "CREATE TABLE _prisma_migrations (migration_name text, started_at timestamptz, finished_at timestamptz, rolled_back_at timestamptz)",
  );
  await rows("INSERT INTO _prisma_migrations VALUES ('1_a', now(), now(), NULL), ('2_b', now(), NULL, NULL)");
  await rows("CREATE TABLE schema_migrations (version text, inserted_at timestamp)");
  write({ "0001_a.sql": "CREATE TABLE a (n int);" });
  expect((await stand()).histories).toEqual([
    { tool: "Alembic", table: "alembic_version", applied: ["ae10"], failed: [] },
    { tool: "Prisma", table: "_prisma_migrations", applied: ["1_a"], failed: ["2_b"] },
    { tool: "dbmate", table: "schema_migrations", applied: [], failed: [] },
  ]);
  await expect(up()).rejects.toMatchObject({ code: "other-history" });
  expect(await rows("SELECT to_regclass('a') AS a")).toEqual([{ a: null }]);
});

test("begins with a restore point, or says why there is none", async () => {
  write({ "0001_a.sql": "CREATE TABLE a (n int);" });
  const seen: MigrateEvent[] = [];
  await up({ tell: (event) => seen.push(event) });
  expect(seen.find((one) => one.event === "restore-point")).toEqual({
    event: "restore-point",
    name: "gantry before 0001_a.sql",
    because: expect.stringContaining("GRANT EXECUTE"),
  });
});

test("the script for others does the same, once, and the runner knows it", async () => {
  write({
    "0001_a.sql": "CREATE TABLE a (n int)",
    "0002_index.sql": "-- gantry: no transaction\nCREATE INDEX CONCURRENTLY a_n ON a (n);",
    "0003_b.sql": "ALTER TABLE a ADD b int; -- at the end",
  });
  const { out, status } = await gantry(["migrate", "sql", "--dir", folder]);
  expect(status).toBe(0);
  const client = await connected();
  const statements = await statementsAsPsql(out);
  for (const sql of statements) await client.query(sql);
  expect(await states()).toEqual(["0001_a.sql applied", "0002_index.sql applied", "0003_b.sql applied"]);
  expect(await up()).toEqual({ applied: [], already: 3 });
  expect(await rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_n'::regclass")).toEqual([{ indisvalid: true }]);
  const again = (async () => {
    for (const sql of statements) await client.query(sql);
  })();
  await expect(again).rejects.toThrow("0001_a.sql was applied already");
});

/** psql sends a script statement by statement. */
async function statementsAsPsql(sql: string): Promise<readonly string[]> {
  const { parseSql } = await import("../../src/migrations/sql/parse.ts");
  const { loadParser } = await import("../../src/migrations/sql/parser.ts");
  return parseSql(await loadParser(), sql, () => ({ file: "script", line: 1, column: 1 })).statements.map(({ text }) => text);
}
