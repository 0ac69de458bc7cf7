import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "../spec/environment.ts";
import { giveUp } from "../system/give-up.ts";
import { createJsonServer } from "../system/json-server.ts";
import { ownSocket } from "../system/own-socket.ts";
import { placeOf, preparePlace } from "../system/place.ts";
import { createTasks } from "../targets/local/release/tasks.ts";
import { controlApi } from "./api.ts";
import { endWhatServesNobody, openPlatform } from "./platform.ts";
import { expiredPreviews, takeDown } from "./previews.ts";
import { hostingIn } from "./hosting.ts";
import { createPruning } from "./prune.ts";
import { createQueueScaling } from "./queue-scaling.ts";
import { builtFile } from "./processes.ts";
import { anyDriver } from "./engine/driver.ts";
import { createEngine } from "./engine/engine.ts";
import { createFront } from "./http/front.ts";
import { releaseDriver } from "./releases/driver.ts";
import { addressed } from "./releases/notices.ts";
import { jobHandler } from "./schedules/jobs.ts";
import { offHoursHandler } from "./schedules/off-hours.ts";
import { createScheduler } from "./schedules/scheduler.ts";
import { schedulesOf } from "./schedules/wanted.ts";
import { createWatch } from "./watching/watch.ts";

// The server of a local platform. It decides; what serves requests goes on without it.

const [root] = process.argv.slice(2);
if (root === undefined) throw new Error("the server wants the folder of a spec");
const place = placeOf(root);
preparePlace(place);
const socket = await ownSocket(place.serverSocket, place.serverLock);
if (socket === undefined) {
  process.stderr.write("another server has this platform already\n");
  process.exit(3);
}

const platform = await openPlatform(place, hostingIn(process.env)).catch(async (error: unknown) => {
  await endWhatServesNobody(place);
  return giveUp(error);
});
const queues = createQueueScaling(platform);
const watch = createWatch(platform, say);
const products = await platform.store.products();
for (const product of products)
  for (const row of await platform.store.environments(product))
    if (row.state === "up") {
      await watch.set(row.name, row.data as Environment, row.speed);
    }

const tasks = createTasks(path.join(place.folder, "tasks"));
const engine = createEngine({
  store: platform.store,
  drivers: [anyDriver(releaseDriver(platform, watch, tasks, say))],
  fences: platform.fences,
  owner: `${process.pid} ${randomUUID()}`,
  nowMs: Date.now,
  address: (run, drafts) => addressed(watch, run, drafts),
  onNotices: () => watch.wakeOutbox(),
  onError: say,
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
  store: platform.store,
  owner: `server ${randomUUID()}`,
  nowMs: Date.now,
  handlers: { job: jobHandler(platform), "off-hours": offHoursHandler(platform, { oneAtATime, nowMs: Date.now }) },
  onError: say,
});
for (const product of products)
  for (const row of await platform.store.environments(product))
    if (row.state === "up") await scheduler.set(product, row.name, schedulesOf(row.data as Environment));

const isBusy = (key: string): boolean => busy.has(key);

let leaving = false;
const leave = (): void => {
  leaving = true;
  // What was answered has to reach whoever asked.
  setTimeout(() => {
    socket.release();
    process.exit(0);
  }, 20);
};

const inBackground = (work: () => Promise<void>): void => {
  work().catch((error: unknown) => {
    if (!leaving) say(error);
  });
};

const { version } = JSON.parse(readFileSync(builtFile("../../package.json"), "utf8")) as { version: string };
const build = readFileSync(builtFile("../.built-from"), "utf8");
const control = { platform, scheduler, watch, engine, tasks, build, oneAtATime, isBusy, inBackground, leave };
const front = createFront(control, { version, onError: say, nowMs: Date.now, env: process.env });
const server = createJsonServer([...controlApi(control), ...front.endpoints], front.others);
await socket.serve(server);
// The lock of this place is ours, and only who has it moves runs here: what its last owner held when it died is nobody's.
await platform.store.runs.letGoOfAll();
engine.start();
const http = front.listen();
process.on("SIGTERM", () => {
  leaving = true;
  // What was measured since it was last written is worth a moment, and no more.
  void Promise.race([
    Promise.all([http.stop(), engine.stop()]).then(() => Promise.all([watch.stop(), scheduler.stop()])),
    sleep(2_000),
  ]).finally(() => {
    socket.release();
    process.exit(0);
  });
});
process.on("SIGINT", () => {});
process.on("unhandledRejection", (error) =>
  process.stderr.write(`${new Date().toISOString()} ${String((error as Error)?.stack ?? error)}\n`),
);

// Looks after what has to go on by itself: an agent that died is started again, a preview whose time is over goes.
const pruning = createPruning(platform.store, Date.now);
const isLeaving = (): boolean => leaving;
while (!isLeaving()) {
  await sleep(1_000, undefined, { ref: false });
  if (isLeaving()) break;
  try {
    await Promise.all([platform.ensureAgent(), platform.ensureDatabases()]);
    await pruning.look();
    for (const product of await platform.store.products()) {
      for (const key of await expiredPreviews(platform, product)) {
        await scheduler.remove(product, key);
        await watch.remove(key, true);
        if (!isBusy(key)) await oneAtATime(key, () => takeDown(platform, { product, key, data: true, tell: () => {} }));
      }
      const rows = await platform.store.environments(product);
      const up = rows.filter((row) => row.state === "up");
      await queues.look(up.map((row) => ({ key: row.name, data: row.data as Environment, speed: row.speed })));
    }
  } catch (error) {
    say(error);
  }
}

function say(error: unknown): void {
  process.stderr.write(`${new Date().toISOString()} ${error instanceof Error ? error.message : String(error)}\n`);
}
