import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answer } from "../../src/delivery/gate.ts";
import type { Stand } from "../../src/migrations/run/status.ts";
import type { PlatformStatus } from "../../src/wire/up.ts";
import { type Project, ask, makeProject, until } from "../support/platform.ts";
import { told, writeVersion } from "../support/releases.ts";

let project: Project;
const file = (name: string): string => path.join(project.folder, name);
beforeAll(async () => {
  project = makeProject("releases");
  const spec = readFileSync(file("gantry.config.ts"), "utf8");
  writeFileSync(
    file("gantry.config.ts"),
    spec.replace('here: "migrations" }', 'here: "migrations", destructive: "over two releases" }'),
  );
  await project.json("up", "rehearsal", "--speed", "300");
}, 90_000);
afterAll(() => project.remove());

const states = async (): Promise<readonly string[]> =>
  (await project.json<Stand>("migrate", "status", "--env", "rehearsal")).migrations.map(({ name, is }) => `${name} ${is}`);

/** What the gate would say to a release of this version. */
async function wouldRelease(version: string) {
  writeVersion(project, version);
  const { status, out } = await project.run("release", "ledger", "--to", "rehearsal", "--dry-run", "--json");
  return { status, answer: (JSON.parse(out) as { answers: Readonly<Record<string, Answer>> }).answers["migrate db"] };
}

async function release(version: string) {
  writeVersion(project, version);
  const { status, release: made } = await told(project, "release", "ledger", "--to", "rehearsal", "--wait");
  return { status, id: made.id, because: made.because, record: JSON.stringify(made.record) };
}

test("what services send is listened to while they are asked, and is held against a migration that is to come", async () => {
  const { environments } = await project.json<PlatformStatus>("status");
  const at = new URL(environments[0]?.services.find((one) => one.service === "ledger")?.url ?? "");
  const ended = new AbortController();
  const recording = project.run("migrate", "prove", "--record", "rehearsal", "--for", "4s").finally(() => ended.abort());
  // Whenever it begins to listen, somebody asks.
  while (!ended.signal.aborted) await ask(Number(at.port), at.host, "/");
  const { status, out } = await recording;
  expect([status, out]).toEqual([0, expect.stringContaining("select count(*)::int as count from entry;")]);
  expect(out).not.toContain("gantry_migrations");
  writeFileSync(file("queries.sql"), out);
  writeFileSync(
    file("migrations/0002_gone.sql"),
    "ALTER TABLE entry RENAME TO entries;\n-- gantry: down\nALTER TABLE entries RENAME TO entry;\n",
  );
  const proved = await project.run("migrate", "prove", "--only", "0002", "--rows", "5", "--queries", "queries.sql");
  rmSync(file("migrations/0002_gone.sql"));
  expect([proved.status, proved.out]).toEqual([1, expect.stringContaining('relation "entry" does not exist')]);
});

test("a step that takes something away comes over two releases: with the code that no longer needs it, and once no other code is left", async () => {
  expect(await states()).toEqual(["0001_entry.sql applied"]);
  writeFileSync(
    file("migrations/0002_add.sql"),
    "ALTER TABLE entry ADD note text;\n-- gantry: down\nALTER TABLE entry DROP note;\n",
  );
  const dry = await project.run("migrate", "up", "--env", "rehearsal", "--dry-run");
  expect([dry.status, dry.out]).toEqual([0, expect.stringContaining("ALTER TABLE entry ADD note text")]);
  expect(await states()).toEqual(["0001_entry.sql applied", "0002_add.sql open"]);
  const up = await project.json<{ applied: readonly string[] }>("migrate", "up", "--env", "rehearsal");
  expect(up.applied).toEqual(["0002_add.sql"]);
  const back = await project.json<{ reverted: readonly string[]; loses: readonly string[] }>(
    "migrate",
    "down",
    "--env",
    "rehearsal",
  );
  expect(back).toMatchObject({ reverted: ["0002_add.sql"], loses: ["0002_add.sql drops the column entry.note"] });
  expect((await project.run("migrate", "up", "--env", "rehearsal")).status).toBe(0);

  // Nobody says that the code does without it: refused, and nothing gets traffic.
  writeFileSync(file("migrations/0003_drop.sql"), "ALTER TABLE entry DROP note;\n");
  const would = await wouldRelease("two");
  expect([would.status, would.answer]).toEqual([1, expect.objectContaining({ verdict: "fail" })]);
  expect(would.answer?.because).toContain("marked -- gantry: contract");
  const refused = await release("two");
  expect([refused.status, refused.because]).toEqual([1, expect.stringContaining("marked -- gantry: contract")]);
  expect(await states()).toContain("0003_drop.sql open");

  // The first release comes with it, and holds it back: what serves until then may need it.
  writeFileSync(file("migrations/0003_drop.sql"), "-- gantry: contract\nALTER TABLE entry DROP note;\n");
  const later = await wouldRelease("three");
  expect([later.status, later.answer]).toEqual([0, expect.objectContaining({ verdict: "pass" })]);
  expect(later.answer?.because).toContain("0003_drop.sql waits, for it drops the column entry.note: ledger ");
  const first = await release("three");
  expect([first.status, first.because]).toEqual([0, undefined]);
  expect(first.record).toContain("0003_drop.sql waits, for it drops the column entry.note");
  expect(await states()).toContain("0003_drop.sql open");

  // By hand it is the same: what would be stopped is said beforehand, and nothing is done.
  const planned = await project.run("migrate", "up", "--env", "rehearsal", "--dry-run");
  expect(planned.out).toContain("✗ 0003_drop.sql waits, for it drops the column entry.note");
  const stopped = await project.run("migrate", "up", "--env", "rehearsal", "--json");
  expect([stopped.status, stopped.out + stopped.err]).toEqual([1, expect.stringContaining("still-needed")]);
  expect((await project.run("migrate", "up", "--env", "rehearsal", "--force")).status).toBe(2);
  expect(await states()).toContain("0003_drop.sql open");

  // The second does it, once what was there before the first can no longer be gone back to.
  await until(
    "the rollback window is over",
    () => project.json<{ release: { phase: string } }>("rollout", "status", first.id),
    ({ release: { phase } }) => phase === "healthy",
  );
  const second = await release("four");
  expect([second.status, second.because]).toEqual([0, undefined]);
  expect(second.record).toContain("1 migration applied to db");
  expect(await states()).toEqual(["0001_entry.sql applied", "0002_add.sql applied", "0003_drop.sql applied"]);

  // Who knows better says why, and that goes on record.
  writeFileSync(file("migrations/0004_rename.sql"), "ALTER TABLE entry RENAME text TO body;\n");
  const why = ["--force", "--reason", "nothing reads it", "--as", "ann@example.org"];
  const forced = await project.json<{ applied: readonly string[] }>("migrate", "up", "--env", "rehearsal", ...why);
  expect(forced.applied).toEqual(["0004_rename.sql"]);
  const { events } = await project.json<{ events: readonly object[] }>("events", "rehearsal", "--kind", "migrate.forced");
  expect(events).toMatchObject([{ actor: "ann@example.org", because: "nothing reads it", subject: "db" }]);
}, 180_000);
