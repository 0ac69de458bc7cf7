import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { query } from "../../../../test/support/examples-postgres.ts";
import { withClient } from "../../../migrations/run/connect.ts";
import { applyMigrations } from "../../../migrations/run/apply.ts";
import { databaseUrl, dropDatabase, listDatabases, provisionDatabase } from "./databases.ts";
import { type PostgresServer, ensurePostgres, removePostgres } from "./server.ts";
import { listSnapshots, restoreSnapshot, snapshotsKept, takeSnapshot } from "./snapshots.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "gantry-snapshots-"));
const migrations = path.join(scratch, "migrations");
const service = { name: "shop_prod_api", password: "p", kind: "service" } as const;
const migrator = { name: "shop_prod_migrate", password: "m", kind: "migrator" } as const;
const spec = { database: "shop_prod", owner: "shop_prod_owner", connectionLimit: 20, roles: [service, migrator] };
const from = { from: spec.database, owner: spec.owner, migrations };
let server: PostgresServer;
let url: string;

beforeAll(async () => {
  server = await ensurePostgres({ folder: path.join(scratch, "postgres") });
  url = databaseUrl(server, service, spec.database);
  mkdirSync(migrations);
  writeFileSync(path.join(migrations, "0001_notes.sql"), "create table notes (id int generated always as identity, text text);");
  await provisionDatabase(server, spec);
  await migrate();
}, 60_000);
afterAll(async () => {
  await removePostgres(path.join(scratch, "postgres"));
  rmSync(scratch, { recursive: true, force: true });
});

async function migrate(): Promise<void> {
  await applyMigrations({ url: databaseUrl(server, migrator, spec.database), migrations, role: spec.owner });
  await provisionDatabase(server, spec);
}
const say = (text: string) => query(url, `insert into notes (text) values ('${text}')`);
const said = async () => (await query<{ text: string }>(url, "select text from notes order by id")).map(({ text }) => text);
const names = async () => (await listSnapshots(server, spec.database)).map(({ name }) => name);

test("a database goes back to what was kept of it, with its rights, and what was there until then can be gone back to as well", async () => {
  await say("before");
  expect(await takeSnapshot(server, from, "tov001")).toMatchObject({ by: "files" });
  // Once under one name: what is there stays as it was taken.
  await say("since");
  expect(await takeSnapshot(server, from, "tov001")).toMatchObject({ by: "there" });
  writeFileSync(path.join(migrations, "0002_more.sql"), "alter table notes rename column text to body;");
  await migrate();
  const busy = new Client({ connectionString: url });
  busy.on("error", () => {});
  await busy.connect();
  await restoreSnapshot(server, spec, { name: "tov001", before: "tov002" });
  await expect(busy.query("select 1")).rejects.toThrow();
  expect(await said()).toEqual(["before"]);
  await say("again");
  expect(await said()).toEqual(["before", "again"]);
  await expect(query(url, "drop table notes")).rejects.toThrow(/must be owner/);
  expect(await names()).toEqual(["tov002", "tov001"]);

  await restoreSnapshot(server, spec, { name: "tov002", before: "tov003" });
  expect(await query(url, "select body from notes order by id")).toEqual([{ body: "before" }, { body: "since" }]);
  expect(await names()).toEqual(["tov003", "tov002", "tov001"]);
});

test("of one in use it is taken all the same; the oldest go, nobody connects to any, and all go with their database", async () => {
  const busy = new Client({ connectionString: url });
  await busy.connect();
  expect(await takeSnapshot(server, from, "tov004")).toMatchObject({ by: "rows" });
  await busy.end();
  expect(await names()).toEqual(["tov004", "tov003", "tov002"]);
  expect((await names()).length).toBe(snapshotsKept);
  const inside = withClient(server.superuserUrl("shop_prod/s-tov004"), (client) => client.query("select 1"));
  await expect(inside).rejects.toThrow(/not currently accepting/);
  for (const name of ["nothing", "../s", "tov004'; drop", ""])
    await expect(restoreSnapshot(server, spec, { name, before: "tov005" })).rejects.toMatchObject({ code: "unknown-snapshot" });
  expect(await query(url, "select count(*)::int as notes from notes")).toEqual([{ notes: 2 }]);
  await dropDatabase(server, spec.database, [service.name, migrator.name, spec.owner]);
  expect((await listDatabases(server)).filter(({ database }) => database.startsWith("shop_prod"))).toEqual([]);
});
