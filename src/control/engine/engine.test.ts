import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startPostgres, type TestPostgres } from "../../../test/support/examples-postgres.ts";
import type { Fence } from "../../wire/machine.ts";
import { ConflictError } from "../../lib/errors.ts";
import { type Store, openStore } from "../../store/store.ts";
import { type Driver, anyDriver } from "./driver.ts";
import { type Engine, type EngineOptions, createEngine } from "./engine.ts";
import { createFences } from "./fences.ts";
import { type Put, type Seen, type Voyage, address, voyage, voyageMachine } from "./fixtures/voyage.mjs";

let postgres: TestPostgres;
let empty: string;
let url: string;
let store: Store;
beforeAll(async () => {
  postgres = await startPostgres();
  empty = mkdtempSync(path.join(tmpdir(), "gantry-engine-"));
}, 60_000);
afterAll(async () => {
  await postgres.stop();
  await rm(empty, { recursive: true });
});
beforeEach(async () => {
  url = (await postgres.database(empty)).ownerUrl;
  store = await openStore(url);
});
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await store.close();
});

/** What is put at a target, and by whom: one that refuses whoever was overtaken. */
function createTarget() {
  const accepted: { put: string; fence: Fence }[] = [];
  let highest: Fence = { epoch: 0, sequence: 0 };
  return {
    accepted,
    put(what: string, fence: Fence): void {
      if (fence.epoch < highest.epoch) throw new ConflictError("fenced-off", "somebody else has put something since");
      highest = fence;
      accepted.push({ put: what, fence });
    },
    seen: (): Seen => ({ put: accepted.map(({ put }) => put) }),
  };
}
type Target = ReturnType<typeof createTarget>;

const driverOf = (target: Target): Driver<Voyage, Seen, Put> => ({
  machine: voyageMachine,
  observe: () => Promise.resolve(target.seen()),
  carryOut: async (_, effects, fence) => effects.forEach(({ put }) => target.put(put, fence)),
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
