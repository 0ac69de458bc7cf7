import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answer } from "../../src/delivery/gate.ts";
import { type Project, makeProject } from "../support/platform.ts";
import { told, writeVersion } from "../support/releases.ts";

// A product that migrates by a command of its own, in dbmate's kind of folder, and notes what it did as dbmate does.
const runner = `
import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query("create table if not exists schema_migrations (version varchar(128) primary key)");
for (const name of readdirSync("db").sort()) {
  const version = /^[0-9]+/.exec(name)[0];
  const { rowCount } = await client.query("select 1 from schema_migrations where version = $1", [version]);
  if (rowCount > 0) continue;
  await client.query(readFileSync("db/" + name, "utf8").split("-- migrate:down")[0]);
  await client.query("insert into schema_migrations values ($1)", [version]);
}
await client.end();
`;

let project: Project;
const migration = (name: string, up: string, down: string): void =>
  writeFileSync(path.join(project.folder, "db", name), `-- migrate:up\n${up}\n-- migrate:down\n${down}\n`);
beforeAll(async () => {
  project = makeProject("releases");
  const config = path.join(project.folder, "gantry.config.ts");
  const here = '{ folder: "migrations", here: "migrations" }';
  const own =
    '{ folder: "db", tool: "dbmate", apply: "node migrate.mjs", destructive: "over two releases", reversibleOnly: true }';
  const spec = readFileSync(config, "utf8");
  expect(spec).toContain(here);
  writeFileSync(config, spec.replace(here, own));
  writeFileSync(path.join(project.folder, "migrate.mjs"), runner);
  mkdirSync(path.join(project.folder, "db"));
  migration("0001_entry.sql", "create table entry (id bigint primary key, text text not null, note text);", "drop table entry;");
  await project.json("up", "rehearsal", "--speed", "300");
}, 90_000);
afterAll(() => project.remove());

async function release(version: string) {
  writeVersion(project, version);
  const { status, release: made } = await told(project, "release", "ledger", "--to", "rehearsal", "--wait");
  return { status, because: made.because, record: JSON.stringify(made.record) };
}

test(
  "what a command of the product's would run is judged by its folder and by what its tool has noted",
  { timeout: 120_000 },
  async () => {
    const first = await release("two");
    expect([first.status, first.because]).toEqual([0, undefined]);
    expect(first.record).toContain("node migrate.mjs has 1 migration to run, judged by its folder");

    // What has been run is not asked about again; what takes something away is refused before the command runs.
    migration("0002_less.sql", "alter table entry drop note;", "alter table entry add note text;");
    writeVersion(project, "three");
    const { status, out } = await project.run("release", "ledger", "--to", "rehearsal", "--dry-run", "--json");
    const would = (JSON.parse(out) as { answers: Readonly<Record<string, Answer>> }).answers["migrate db"];
    expect([status, would]).toEqual([1, expect.objectContaining({ verdict: "fail" })]);
    expect(would?.because).toMatch(/^0002_less\.sql drops the column entry\.note: .*marked -- gantry: contract/);
    const refused = await release("three");
    expect([refused.status, refused.because]).toEqual([1, expect.stringContaining("marked -- gantry: contract")]);

    // Marked, it would have to wait; and a command that runs everything cannot leave one out.
    migration("0002_less.sql", "-- gantry: contract\nalter table entry drop note;", "alter table entry add note text;");
    const waiting = await release("four");
    expect([waiting.status, waiting.because]).toEqual([
      1,
      expect.stringContaining(
        "node migrate.mjs would run 0002_less.sql, which drops the column entry.note and has to wait: ledger",
      ),
    ]);

    // Nothing of it has been run: the command goes on from where it was.
    migration("0002_less.sql", "alter table entry add title text;", "alter table entry drop title;");
    const last = await release("five");
    expect([last.status, last.because]).toEqual([0, undefined]);
    expect(last.record).toContain("node migrate.mjs has 1 migration to run");
  },
);
