import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type TestPostgres, startPostgres } from "../../../test/support/examples-postgres.ts";
import { type Store, openStore } from "../../store/store.ts";
import { anyDriver } from "./driver.ts";
import { type Engine, createEngine } from "./engine.ts";
import { createFences } from "./fences.ts";
import { type Target, createTarget, serveTarget } from "./fixtures/target.ts";
import { type Voyage, address, voyage, voyageMachine } from "./fixtures/voyage.mjs";

// Processes that die: what they had in hand goes on as if nothing had been, also what was still to be carried out of a run that has ended.
// What becomes of releases then is in test/delivery/deaths.test.ts.

const processFile = fileURLToPath(new URL("fixtures/process.mjs", import.meta.url));
const leases = { leaseMs: 600, pollMs: 100 };
let postgres: TestPostgres;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(path.join(tmpdir(), "gantry-kill-"));
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true });
});

let url: string;
let socket: string;
let store: Store;
let target: Target;
let opened = 0;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  url = (await postgres.database()).ownerUrl;
  store = await openStore(url);
  target = createTarget();
  socket = path.join(folder, `target-${(opened += 1)}`);
  closing.push(() => store.close(), await serveTarget(target, socket));
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const until = async (holds: () => boolean | Promise<boolean>) => {
  while (!(await holds())) await sleep(20);
};
const gone = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

type Told = { readonly kind: string; readonly at?: string; readonly nth?: number; readonly signal?: NodeJS.Signals };
async function start(told: Told): Promise<ChildProcess> {
  const child = fork(processFile, [JSON.stringify({ url, socket, ...told })]);
  closing.push(async () => {
    if (gone(child)) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  await Promise.race([once(child, "message"), once(child, "exit")]);
  return child;
}

/** One in this process that has all these kinds. */
async function survivor(kinds: readonly string[]): Promise<Engine> {
  const engine = createEngine({
    store,
    drivers: kinds.map((kind) =>
      anyDriver({
        machine: { ...voyageMachine, kind },
        observe: () => Promise.resolve(target.seen()),
        carryOut: async ({ environment }: Voyage, effects, fence) =>
          effects.forEach(({ put }) => target.put(environment, put, fence)),
      }),
    ),
    fences: await createFences(() => store.nextEpoch()),
    owner: "survivor",
    nowMs: Date.now,
    address,
    onNotices: () => {},
    onError: () => {},
    ...leases,
  });
  engine.start();
  closing.push(() => engine.stop());
  return engine;
}

const begin = (id: string, kind: string, legs: number) => {
  const run = { ...voyage(id, { environment: id, legs }), kind };
  return store.runs.begin({ ...run, data: run }, {}, []);
};
const over = async (): Promise<boolean> => (await store.runs.list("shop", { unfinished: true })).length === 0;

/** What it would be if nobody had died. */
async function expectWhole(id: string, legs: number): Promise<void> {
  const each = Array.from({ length: legs }, (_, index) => index);
  const row = await store.runs.get(id);
  expect(row?.data).toMatchObject({ at: legs, visited: each });
  expect(row?.leasedBy).toBeNull();
  const events = await store.events("shop", { run: id });
  expect(events.toReversed().map(({ kind, data }) => `${kind} ${(data as Voyage).at}`)).toEqual([
    ...each.map((at) => `voyage.leg ${at}`),
    `voyage.arrived ${legs}`,
  ]);
  const told = (await store.notices.list("shop")).map(({ body }) => (body as { title: string }).title);
  expect(told.filter((title) => title.startsWith(`${id} `))).toHaveLength(2);
  // Each is put, again perhaps until that is seen, and never after what comes later.
  const puts = target.accepted.map(({ put }) => put).filter((put) => put.startsWith(`${id}/`));
  const inOrder = puts.filter((put, index) => put !== puts[index - 1]);
  expect(inOrder).toEqual([...each.map((at) => `${id}/leg-${at}`), `${id}/arrived`]);
}

const boundaries = ["before claim", "after claim", "before write", "after write", "before effects", "after effects"] as const;

test("killed at any boundary, it goes on in another process as if nothing had been", async () => {
  const kinds = boundaries.map((_, index) => `voyage-${index}`);
  for (const kind of kinds) await begin(kind, kind, 3);
  const children = await Promise.all(
    boundaries.map((at, index) => {
      const nth = at.endsWith("claim") ? 1 : 1 + (index % 3);
      return start({ kind: kinds[index] ?? "", at, nth, signal: "SIGKILL" });
    }),
  );
  await until(() => children.every(gone));
  expect(children.map(({ signalCode }) => signalCode)).toEqual(boundaries.map(() => "SIGKILL"));
  await survivor(kinds);
  await until(over);
  for (const kind of kinds) await expectWhole(kind, 3);
});
