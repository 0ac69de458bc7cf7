import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { overRestarts } from "../../src/control/releases/over-restarts.ts";
import type { Release } from "../../src/delivery/release.ts";
import { releaseMachine } from "../../src/delivery/release-machine.ts";
import { openStore } from "../../src/store/store.ts";
import { killAtRandom, seeded } from "../support/chaos/at-random.ts";
import { type Deaths, type Ended, type Moment, endedAll, moments, openDeaths } from "../support/chaos/deaths.ts";
import { scenarios } from "../support/chaos/scenarios.ts";
import { type TestPostgres, startPostgres } from "../support/examples-postgres.ts";
import { root } from "../support/gantry.ts";

// Control processes that die with releases in their hands: the real engine and the real machine, in processes of their own, on a target
// that is served to them and refuses whoever has been overtaken. Each release is held against one of the same kind with which nobody died.

// Many processes: on a machine that has much else to do they take their time.
vi.setConfig({ testTimeout: 180_000 });

let postgres: TestPostgres;
let deaths: Deaths;
let spared: readonly (Ended | undefined)[];
beforeAll(async () => {
  postgres = await startPostgres();
  const { ownerUrl: url } = await postgres.database();
  deaths = await openDeaths({ store: await openStore(url), url, root });
  await deaths.begin(scenarios.map((scenario, index) => [`spared ${index}`, scenario]));
  const child = await deaths.start();
  await deaths.until(async () => (await deaths.unfinished()) === 0);
  await deaths.kill(child);
  const ended = await endedAll(deaths);
  spared = scenarios.map((_, index) => ended.get(`spared ${index}`));
}, 120_000);
afterAll(async () => {
  await deaths.close();
  await deaths.store.close();
  await postgres.stop();
});
afterEach(() => deaths.killAll());

/** They have ended as those with which nobody died. */
async function expectUndisturbed(of: ReadonlyMap<string, number>): Promise<void> {
  const ended = await endedAll(deaths);
  for (const [id, index] of of)
    expect([id, scenarios[index]?.name, ended.get(id)]).toEqual([id, scenarios[index]?.name, spared[index]]);
}

/** Begins one for each of these names and each scenario. */
async function begin(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const all = scenarios.flatMap((scenario, index) => names.map((name) => ({ id: `${name} ${index}`, scenario, index })));
  await deaths.begin(all.map(({ id, scenario }) => [id, scenario]));
  return new Map(all.map(({ id, index }) => [id, index]));
}
const over = async (): Promise<boolean> => (await deaths.unfinished()) === 0;

test("where nobody dies, each ends as it should, and its log is in order", () => {
  expect(spared.map((one) => one?.phase)).toEqual(scenarios.map(({ endsAs }) => endsAs));
  expect(spared.map((one) => one?.events.slice(0, 2))).toEqual(scenarios.map(() => ["release.started", "release.step"]));
});

test("killed at every boundary of every strategy, and nobody comes for hours: it goes on as if nothing had been", async () => {
  const boundaries = moments.flatMap((at) =>
    Array.from({ length: at === "after claim" ? 1 : 10 }, (_, nth) => ({ at, nth: nth + 1 })),
  );
  const of = await begin(boundaries.map(({ at, nth }) => `${at} ${nth}`));
  const told = boundaries.flatMap((moment) =>
    scenarios.map((_, index): [string, Moment] => [`${moment.at} ${moment.nth} ${index}`, moment]),
  );
  const child = await deaths.start({ moments: Object.fromEntries(told) });
  // It says so once each has come to its moment, or has ended before.
  await once(child, "message");
  expect(await deaths.unfinished()).toBeGreaterThan(of.size / 2);
  await deaths.kill(child);
  await deaths.start({ aheadMs: 10 * 3_600_000 });
  await deaths.until(over);
  await expectUndisturbed(of);
});

test("killed at random moments, two at a time, they bring all of them to the end that they would have had", async () => {
  const seed = Number(process.env["GANTRY_SEED"] ?? Date.now() % 1_000_000);
  process.stdout.write(`killed with GANTRY_SEED=${seed}\n`);
  const of = await killAtRandom(deaths, { kills: 14, random: seeded(seed) });
  await expectUndisturbed(of);
});

test("of two on one Postgres one falls asleep: the other takes over, and whoever wakes changes nothing", async () => {
  const of = await begin(["asleep"]);
  const sleeper = await deaths.start({ sleepsAt: { at: "half of the effects", nth: 12 } });
  await deaths.start();
  await deaths.until(over);
  const all = async () => [
    await deaths.store.runs.list("shop", { limit: 10_000 }),
    [...(await endedAll(deaths))],
    deaths.world.taken.length,
  ];
  const before = await all();
  deaths.world.refused.length = 0;
  sleeper.kill("SIGCONT");
  await deaths.until(() => deaths.world.refused.length > 0);
  // Awake it is as good as any: what begins now is taken by either.
  await deaths.start();
  expect(await all()).toEqual(before);
  await expectUndisturbed(of);
});

test("Postgres dies in the middle and comes back: nothing of it is in any log", async () => {
  const of = await begin(["restarted"]);
  const told = deaths.world.taken.length;
  await deaths.start();
  await deaths.until(() => deaths.world.taken.length > told + 3 * scenarios.length);
  await postgres.restart("immediate");
  await deaths.until(over);
  await expectUndisturbed(of);
});

test("work on a database is done once more where its server dies in the middle of it; one that lives has the last word", async () => {
  const { signal } = new AbortController();
  const { ownerUrl: connectionString } = await postgres.database();
  let tries = 0;
  const broken = async () => {
    tries += 1;
    const client = new Client({ connectionString });
    client.on("error", () => {});
    await client.connect();
    const asked = client.query(tries === 1 ? "select pg_sleep(3600)" : "select 1");
    const [answer] = await Promise.allSettled([asked, tries === 1 ? postgres.restart("immediate") : undefined]);
    await client.end().catch(() => {});
    return { ok: answer.status === "fulfilled", because: answer.status };
  };
  expect([await overRestarts(postgres.folder, signal, broken), tries]).toEqual([{ ok: true, because: "fulfilled" }, 2]);
  const wrong = () => Promise.reject(new Error(`wrong, the ${(tries += 1)}rd time`));
  expect(await overRestarts(postgres.folder, signal, wrong)).toEqual({ ok: false, because: "wrong, the 3rd time" });
});

test("a newer Gantry takes over in the middle, goes on with what the older one has stored, and keeps it", async () => {
  const of = await begin(["older"]);
  const told = deaths.world.taken.length;
  const older = await deaths.start();
  await deaths.until(() => deaths.world.taken.length > told + 3 * scenarios.length);
  await deaths.kill(older);
  const midway = await deaths.store.runs.list("shop", { unfinished: true, limit: 10_000 });
  expect(midway.map(({ schemaVersion }) => schemaVersion)).toEqual(midway.map(() => releaseMachine.schemaVersion));
  const newer = await deaths.start({ schemaVersion: releaseMachine.schemaVersion + 1 });
  // One of the older ones beside it can do nothing with what it finds.
  await deaths.until(async () =>
    (await deaths.store.runs.list("shop", { unfinished: true, limit: 10_000 })).every(
      ({ schemaVersion }) => schemaVersion === releaseMachine.schemaVersion + 1,
    ),
  );
  await deaths.start();
  await deaths.until(over);
  await expectUndisturbed(of);
  await deaths.kill(newer);
});

test("what an older Gantry has stored weeks ago goes on from there to its end", async () => {
  const { store, world } = deaths;
  const stored = JSON.parse(
    readFileSync(new URL("../golden/delivery/stored/release-v1.json", import.meta.url), "utf8"),
  ) as Release;
  const { id, environment, changes, record } = stored;
  world.add(environment, { name: "older", strategy: {}, changes, endsAs: "healthy" });
  await store.runs.begin({ ...stored, data: stored }, {}, []);
  const aheadMs = Math.max(...record.map(({ atMs }) => atMs)) - Date.now();
  const ask = (verb: string) =>
    store.commands.add(id, verb, { atMs: 0, by: { kind: "person", name: "ada" }, verb, reason: "nobody waits for hours here" });
  const phase = async () => ((await store.runs.get(id))?.data as Release | undefined)?.phase;
  await ask("promote-full");
  await deaths.start({ aheadMs });
  await deaths.until(async () => (await phase()) === "watching");
  await ask("supersede");
  await deaths.until(over);
  const row = await store.runs.get(id);
  const ended = row?.data as Release;
  expect(row).toMatchObject({ schemaVersion: releaseMachine.schemaVersion, exclusive: false, leasedBy: null, problem: null });
  expect([ended.phase, ended.record.slice(0, record.length)]).toEqual(["healthy", record]);
  expect(world.placeOf(environment).target.services()["api"]?.shares).toEqual([{ revision: "api-2", weightPercent: 100 }]);
});
