import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "../spec/environment.ts";
import { createTasks } from "../targets/local/release/tasks.ts";
import type { Control } from "./control.ts";
import { anyDriver } from "./engine/driver.ts";
import { createEngine } from "./engine/engine.ts";
import type { Platform } from "./platform.ts";
import { expiredPreviews, takeDown } from "./previews.ts";
import { builtFile } from "./processes.ts";
import { createPruning } from "./prune.ts";
import { createQueueScaling } from "./queue-scaling.ts";
import { releaseDriver } from "./releases/driver.ts";
import { addressed } from "./releases/notices.ts";
import { jobHandler } from "./schedules/jobs.ts";
import { offHoursHandler } from "./schedules/off-hours.ts";
import { createScheduler } from "./schedules/scheduler.ts";
import { schedulesOf } from "./schedules/wanted.ts";
import { createWatch } from "./watching/watch.ts";

/** What one process at a time does for a place: it watches, moves runs, keeps times, and looks after what has to go on by itself. */
export type Hold = {
  readonly control: Control;
  start(): Promise<void>;
  stop(): Promise<void>;
};

export async function createHold(
  platform: Platform,
  { leave, onError: tell }: { readonly leave: () => void; readonly onError: (error: unknown) => void },
): Promise<Hold> {
  const { store, place } = platform;
  let leaving = false;
  const isLeaving = (): boolean => leaving;
  const onError = (error: unknown): void => {
    if (!leaving) tell(error);
  };
  const queues = createQueueScaling(platform);
  const watch = createWatch(platform, onError);
  const rowsUp = async () => {
    const rows = await Promise.all((await store.products()).map((product) => store.environments(product)));
    return rows.flat().filter(({ state }) => state === "up");
  };
  const up = await rowsUp();
  for (const row of up) await watch.set(row.name, row.data as Environment, row.speed);

  const tasks = createTasks(path.join(place.folder, "tasks"));
  const engine = createEngine({
    store,
    drivers: [anyDriver(releaseDriver(platform, watch, tasks, onError))],
    fences: platform.fences,
    owner: `${process.pid} ${randomUUID()}`,
    nowMs: Date.now,
    address: (run, drafts) => addressed(watch, run, drafts),
    onNotices: () => watch.wakeOutbox(),
    onError,
  });

  const busy = new Map<string, Promise<unknown>>();
  const oneAtATime = <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const mine = (busy.get(key) ?? Promise.resolve()).then(work, work);
    const settled = mine.then(
      () => {},
      () => {},
    );
    busy.set(key, settled);
    void settled.then(() => busy.get(key) === settled && busy.delete(key));
    return mine;
  };

  // What came due while no server was there is seen before anything is set anew.
  const scheduler = createScheduler({
    store,
    owner: `server ${randomUUID()}`,
    nowMs: Date.now,
    handlers: { job: jobHandler(platform), "off-hours": offHoursHandler(platform, { oneAtATime, nowMs: Date.now }) },
    onError,
  });
  for (const row of up) await scheduler.set(row.product, row.name, schedulesOf(row.data as Environment));

  const control: Control = {
    platform,
    scheduler,
    watch,
    engine,
    tasks,
    build: readFileSync(builtFile("../.built-from"), "utf8"),
    oneAtATime,
    isBusy: (key) => busy.has(key),
    inBackground: (work) => void work().catch(onError),
    leave() {
      leaving = true;
      leave();
    },
  };

  const pruning = createPruning(store, Date.now);
  const look = async (): Promise<void> => {
    await Promise.all([platform.ensureAgent(), platform.ensureDatabases()]);
    await pruning.look();
    for (const product of await store.products())
      for (const key of await expiredPreviews(platform, product)) {
        await scheduler.remove(product, key);
        await watch.remove(key, true);
        if (!control.isBusy(key)) await oneAtATime(key, () => takeDown(platform, { product, key, data: true, tell: () => {} }));
      }
    await queues.look((await rowsUp()).map((row) => ({ key: row.name, data: row.data as Environment, speed: row.speed })));
  };
  /** An agent that died is started again, a preview whose time is over goes. */
  const lookAfter = async (): Promise<void> => {
    while (!isLeaving()) {
      await sleep(1_000, undefined, { ref: false });
      if (!isLeaving()) await look().catch(onError);
    }
  };

  return {
    control,
    async start() {
      // The lock of this place is ours, and only who has it moves runs here: what its last owner held when it died is nobody's.
      await store.runs.letGoOfAll();
      engine.start();
      void lookAfter();
    },
    async stop() {
      leaving = true;
      await engine.stop();
      await Promise.all([watch.stop(), scheduler.stop()]);
    },
  };
}
