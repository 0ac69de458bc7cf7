import { once } from "node:events";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openStore } from "../../src/store/store.ts";
import { killAtRandom, seeded } from "../support/chaos/at-random.ts";
import { type Deaths, type Ended, type Moment, endedAll, moments, openDeaths } from "../support/chaos/deaths.ts";
import { scenarios } from "../support/chaos/scenarios.ts";
import { type TestPostgres, startPostgres } from "../support/examples-postgres.ts";
import { root } from "../support/gantry.ts";

// Control processes that die with releases in their hands: the real engine and the real machine, in processes of their own, on a target
// that is served to them and refuses whoever has been overtaken. Each release is held against one of the same kind with which nobody died.

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
});
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

test("killed at every boundary of every strategy, it goes on as if nothing had been", async () => {
  const boundaries = moments.flatMap((at) =>
    Array.from({ length: at === "after claim" ? 1 : 10 }, (_, nth) => ({ at, nth: nth + 1 })),
  );
  const of = await begin(boundaries.map(({ at, nth }) => `${at} ${nth}`));
  const told = Object.fromEntries(
    boundaries.flatMap((moment) =>
      scenarios.map((_, index): [string, Moment] => [`${moment.at} ${moment.nth} ${index}`, moment]),
    ),
  );
  const child = await deaths.start({ moments: told });
  // It says so once each has come to its moment, or has ended before.
  await once(child, "message");
  expect(await deaths.unfinished()).toBeGreaterThan(of.size / 2);
  await deaths.kill(child);
  await deaths.start();
  await deaths.until(over);
  await expectUndisturbed(of);
});

test("killed at any step, and nobody comes for hours: it goes on as if it had been moments", async () => {
  const seconds = Array.from({ length: 12 }, (_, nth) => ({ at: "after write", nth: nth + 1 }) as const);
  const of = await begin(seconds.map(({ nth }) => `left ${nth}`));
  const told = seconds.flatMap((moment) =>
    scenarios.map((_, index): [string, Moment] => [`left ${moment.nth} ${index}`, moment]),
  );
  const child = await deaths.start({ moments: Object.fromEntries(told) });
  await once(child, "message");
  await deaths.kill(child);
  await deaths.start({ aheadMs: 10 * 3_600_000 });
  await deaths.until(over);
  await expectUndisturbed(of);
});

test("killed at random moments, two at a time, they bring all of them to the end that they would have had", async () => {
  const seed = Number(process.env["GANTRY_SEED"] ?? Date.now() % 1_000_000);
  process.stdout.write(`killed with GANTRY_SEED=${seed}\n`);
  const of = await killAtRandom(deaths, { kills: 20, random: seeded(seed) });
  await expectUndisturbed(of);
});
