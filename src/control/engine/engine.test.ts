import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { query, startPostgres, type TestPostgres } from "../../../test/support/examples-postgres.ts";
import { type Store, openStore } from "../../store/store.ts";
import { type Driver, anyDriver } from "./driver.ts";
import { type Engine, type EngineOptions, createEngine } from "./engine.ts";
import { createFences } from "./fences.ts";
import { type Target, createTarget } from "./fixtures/target.ts";
import { type Put, type Seen, type Voyage, address, voyage, voyageMachine } from "./fixtures/voyage.mjs";

let postgres: TestPostgres;
let url: string;
let store: Store;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.stop());
beforeEach(async () => {
  url = (await postgres.database()).ownerUrl;
  store = await openStore(url);
});
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await store.close();
});

const driverOf = (target: Target): Driver<Voyage, Seen, Put> => ({
  machine: voyageMachine,
  observe: () => Promise.resolve(target.seen()),
  carryOut: async ({ environment }, effects, fence) => effects.forEach(({ put }) => target.put(environment, put, fence)),
});

async function start(
  target: Target,
  options: Partial<EngineOptions> = {},
  driver: Driver<Voyage, Seen, Put> = driverOf(target),
): Promise<Engine & { readonly errors: unknown[] }> {
  const errors: unknown[] = [];
  const engine = createEngine({
    store,
    drivers: [anyDriver(driver)],
    fences: await createFences(() => store.nextEpoch()),
    owner: `engine ${closing.length}`,
    nowMs: Date.now,
    address,
    onNotices: () => {},
    onError: (error) => errors.push(error),
    ...options,
  });
  engine.start();
  closing.push(() => engine.stop());
  return Object.assign(engine, { errors });
}
const until = async (holds: () => boolean | Promise<boolean>) => {
  while (!(await holds())) await sleep(5);
};
const ended = async (id: string) => ((await store.runs.get(id))?.endedAt ?? null) !== null;
const at = async (id: string): Promise<number> => ((await store.runs.get(id))?.data as Partial<Voyage> | undefined)?.at ?? -1;
const kinds = async (run: string) => (await store.events("shop", { run })).map(({ kind }) => kind).toReversed();

test("a run goes to its end; its events and notices are there once, and its last effects are carried out", async () => {
  const target = createTarget();
  const engine = await start(target);
  expect(await engine.begin(voyage("a"))).toBe(true);
  expect(await engine.begin(voyage("a"))).toBe(false);
  await until(() => ended("a"));
  expect((await store.runs.get("a"))?.data).toMatchObject({ at: 4, visited: [0, 1, 2, 3] });
  expect(await kinds("a")).toEqual(["voyage.leg", "voyage.leg", "voyage.leg", "voyage.leg", "voyage.arrived"]);
  expect((await store.notices.list("shop")).map(({ body }) => body)).toEqual([
    { title: "a succeeded", text: "leg 4" },
    { title: "a waiting", text: "leg 2" },
  ]);
  expect(target.accepted.at(-1)?.put).toBe("a/arrived");
  expect(engine.errors).toEqual([]);
});

test("what is asked is answered by the look that reads it; said twice it is done once", async () => {
  const target = createTarget();
  const engine = await start(target);
  await engine.begin(voyage("a", { legs: 1_000 }));
  const ask = (id: string, verb: string, step?: number) =>
    engine.command("a", {
      id,
      atMs: Date.now(),
      by: { kind: "person", name: "ada" },
      verb,
      ...(step === undefined ? {} : { step }),
    });
  expect(await ask("1", "pause")).toMatchObject({ ok: true });
  expect(await ask("1", "pause")).toMatchObject({ ok: true });
  expect(await ask("2", "resume", 999)).toMatchObject({ ok: false, because: expect.stringContaining("it has gone on") });
  expect(await ask("3", "sing")).toEqual({ command: "3", ok: false, because: "sing means nothing to it" });
  expect((await kinds("a")).filter((kind) => kind === "voyage.pause")).toHaveLength(1);
  expect(await ask("4", "supersede")).toMatchObject({ ok: true });
  await until(() => ended("a"));
  expect(await ask("5", "pause")).toMatchObject({ ok: false, because: expect.stringContaining("has ended") });
  await expect(engine.command("b", { id: "6", atMs: 0, by: { kind: "ci", name: "x" }, verb: "pause" })).rejects.toMatchObject({
    code: "unknown-run",
  });
  expect(engine.errors).toEqual([]);
});

test("of two that begin at once one does, and the other is told which; each environment for itself", async () => {
  const target = createTarget();
  const [one, other] = [await start(target), await start(target)];
  const begun = await Promise.allSettled([
    one.begin(voyage("a", { legs: 10_000 })),
    other.begin(voyage("b", { legs: 10_000 })),
    one.begin(voyage("c", { environment: "dev", legs: 10_000 })),
  ]);
  const lost = begun.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  const winner = (await store.runs.alone("shop", "prod"))?.id ?? "";
  expect(lost).toEqual([
    expect.objectContaining({ code: "under-way", message: expect.stringContaining(`voyage ${winner} is under way in prod`) }),
  ]);
  expect(await store.runs.list("shop", { unfinished: true })).toHaveLength(2);
});

const ada = { kind: "person", name: "ada" } as const;
const asked = (id: string, verb: string) => ({ id, atMs: Date.now(), by: ada, verb });

test("what is asked after a claim was read, and before it is in hand, is answered all the same", async () => {
  let heard = 0;
  const off = store.bell.on((one) => void (heard += Number(one?.what === "wanted" && one.id === "a")));
  let reply: ReturnType<Engine["command"]> | undefined;
  const late: Store["runs"]["claim"] = async (...given) => {
    const found = await store.runs.claim(...given);
    if (found.runs.length > 0 && reply === undefined) {
      reply = engine.command("a", asked("1", "rest"), { limitMs: 5_000 });
      await until(async () => (await store.commands.open(["a"])).length > 0);
      const before = heard;
      // Rung once more after it: what was rung for the command has been heard by now.
      await query(url, "select pg_notify('gantry_run', 'wanted' || chr(10) || 'a')");
      await until(() => heard > before);
    }
    return found;
  };
  const engine = await start(createTarget(), { store: { ...store, runs: { ...store.runs, claim: late } } });
  await engine.begin(voyage("a", { legs: 10_000 }));
  await until(() => reply !== undefined);
  expect(await reply).toMatchObject({ ok: true });
  off();
});

test("one that only watches gives way to the next; one that wants the environment back while another has it ends", async () => {
  const target = createTarget();
  const engine = await start(target, {
    drivers: [anyDriver(driverOf(target)), anyDriver({ ...driverOf(target), machine: { ...voyageMachine, kind: "drill" } })],
  });
  await engine.begin(voyage("a", { legs: 10_000 }));
  expect(await engine.command("a", asked("1", "rest"))).toMatchObject({ ok: true });
  await engine.begin(voyage("b", { legs: 10_000 }));
  await until(() => ended("a"));
  expect(await kinds("a")).toContain("voyage.superseded");
  expect(await engine.command("b", asked("2", "rest"))).toMatchObject({ ok: true });
  await engine.begin({ ...voyage("c", { legs: 10_000 }), kind: "drill" });
  expect(await ended("b")).toBe(false);
  expect(await engine.command("b", asked("3", "back"))).toMatchObject({ ok: true });
  await until(() => ended("b"));
  expect(await kinds("b")).toContain("voyage.superseded");
  expect((await store.runs.alone("shop", "prod"))?.id).toBe("c");
});

test("what an older version has stored is read by the upcaster, and what a newer one has stored is left to it", async () => {
  const target = createTarget();
  const { legs, ...rest } = voyage("a", { legs: 4 });
  const older = { ...rest, schemaVersion: 1, stops: legs, at: 2, visited: [0, 1] };
  await store.runs.begin({ ...older, data: older }, {}, []);
  const newer = { ...voyage("b", { environment: "dev" }), schemaVersion: 3 };
  await store.runs.begin({ ...newer, data: newer }, {}, []);
  await start(target);
  await until(() => ended("a"));
  expect(await store.runs.get("a")).toMatchObject({ schemaVersion: 2, data: { legs: 4, visited: [0, 1, 2, 3] } });
  expect(await store.runs.get("b")).toMatchObject({ version: "1", leasedBy: null, failures: 0 });
});

test("a clock that goes back or ahead by a day keeps nothing from its end", async () => {
  const target = createTarget();
  let offsetMs = 0;
  await start(target, { nowMs: () => Date.now() + offsetMs, pollMs: 50 });
  const long = voyage("a", { legs: 60, paceMs: 20 });
  const waits = voyage("b", { environment: "dev", legs: 3, paceMs: 1_500 });
  for (const run of [long, waits]) await store.runs.begin({ ...run, data: run }, {}, []);
  await until(async () => (await at("a")) > 10 && (await at("b")) > 0);
  offsetMs = -86_400_000;
  await until(async () => (await at("a")) > 30);
  offsetMs = 86_400_000;
  await until(async () => (await ended("a")) && (await ended("b")));
  expect((await store.runs.get("a"))?.data).toMatchObject({ at: 60 });
});

test("whoever knows that all others are dead waits for none of their leases", async () => {
  const run = voyage("a");
  await store.runs.begin({ ...run, data: run }, {}, []);
  const claim = { busy: [], kinds: { voyage: 2 }, nowMs: Date.now(), leaseMs: 3_600_000, epoch: 1, limit: 10 };
  expect((await store.runs.claim("dead", claim)).runs).toHaveLength(1);
  await store.runs.letGoOfAll();
  await start(createTarget());
  await until(() => ended("a"));
});

test("Postgres is restarted in the middle, and it goes on", async () => {
  const target = createTarget();
  const engine = await start(target);
  const ids = Array.from({ length: 10 }, (_, index) => `v${index}`);
  for (const id of ids) await engine.begin(voyage(id, { environment: id, legs: 30, paceMs: 20 }));
  await until(() => target.accepted.length > 60);
  await postgres.restart();
  for (const id of ids) await until(() => ended(id));
  for (const id of ids) {
    expect(await kinds(id)).toEqual([...Array.from({ length: 30 }, () => "voyage.leg"), "voyage.arrived"]);
    expect((await store.notices.list("shop")).filter((one) => one.dedupKey === id)).toHaveLength(2);
  }
});

test("a look that fails says so once, answers whoever asked, and is tried again", async () => {
  const target = createTarget();
  const engine = await start(target);
  await engine.begin(voyage("a", { legs: 300 }));
  expect(await engine.command("a", asked("1", "sink"))).toEqual({ command: "1", ok: false, because: "it sinks" });
  expect(await store.runs.get("a")).toMatchObject({ problem: "it sinks", failures: 1 });
  const before = await at("a");
  await until(async () => (await at("a")) > before);
  expect((await kinds("a")).filter((kind) => kind === "run.stuck")).toHaveLength(1);
});

test("what takes long keeps nobody waiting: who asks is answered meanwhile, and what was wanted before is told to stop", async () => {
  const target = createTarget();
  const [begun, stopped]: [string[], string[]] = [[], []];
  const slow: Driver<Voyage, Seen, Put> = {
    ...driverOf(target),
    carryOut: async (_, effects, __, signal) => {
      begun.push(...effects.map(({ put }) => put));
      await sleep(3_600_000, undefined, { signal }).catch(() => {});
      stopped.push(...effects.map(({ put }) => put));
    },
  };
  const engine = await start(target, {}, slow);
  await engine.begin(voyage("a"));
  await until(() => begun.length > 0);
  expect(await engine.command("a", asked("1", "pause"))).toMatchObject({ ok: true, because: "paused at leg 0" });
  await until(() => stopped.length > 0);
  expect(stopped).toEqual(["a/leg-0"]);
});

test("who watches sees where it stands, each change, and its end", async () => {
  const target = createTarget();
  const engine = await start(target);
  await engine.begin(voyage("a", { legs: 20 }));
  const seen: number[] = [];
  for await (const { run, ended } of engine.watch("a")) {
    seen.push((run as Voyage).at);
    if (ended) expect((run as Voyage).at).toBe(20);
  }
  expect(seen).toEqual(seen.toSorted((one, other) => one - other));
  expect(seen.at(-1)).toBe(20);
  expect(seen.length).toBeGreaterThan(2);
});

test("of what ended long ago the newest stay, with all that is under way and the whole log; the rest goes with what was asked of it", async () => {
  const dayMs = 86_400_000;
  const put = async (id: string, environment: string, endedDaysAgo?: number): Promise<void> => {
    await store.runs.begin(
      { id, product: "shop", environment, kind: "voyage", exclusive: false, data: {}, schemaVersion: 1, startedAtMs: Date.now() },
      {},
      [{ kind: "voyage.begun", actor: "ada", actorKind: "person", actorKnown: "login", subject: id }],
    );
    await store.releases.putMaterial(id, "shop", environment, {});
    await store.commands.add(id, `command of ${id}`, {});
    if (endedDaysAgo !== undefined)
      await query(url, `update run set ended_at = now() - interval '${endedDaysAgo} days' where id = '${id}'`);
  };
  for (const [index, days] of [500, 90, 40, 40, 1, 1].entries()) await put(`prod-${index}`, "prod", days);
  await put("prod-open", "prod");
  for (const [index, days] of [40, 40].entries()) await put(`dev-${index}`, "dev", days);
  await query(url, "update material set created_at = now() - interval '2 days'");
  const left = async () => (await store.runs.list("shop")).map(({ id }) => id).toSorted();
  await store.runs.prune({ newest: 4, keptMs: 30 * dayMs, most: 100, longestMs: 400 * dayMs });
  expect(await left()).toEqual(["dev-0", "dev-1", "prod-3", "prod-4", "prod-5", "prod-open"]);
  expect((await query<{ run: string }>(url, "select run from run_command")).map(({ run }) => run).toSorted()).toEqual(
    await left(),
  );
  expect((await query<{ run: string }>(url, "select run from material")).map(({ run }) => run).toSorted()).toEqual(await left());
  // However new, there is an end to it.
  await store.runs.prune({ newest: 1, keptMs: 30 * dayMs, most: 2, longestMs: 400 * dayMs });
  expect(await left()).toEqual(["dev-1", "prod-5", "prod-open"]);
  const events = await store.events("shop");
  expect([events.length, new Set(events.map(({ actorKnown }) => actorKnown))]).toEqual([9, new Set(["login"])]);
});
