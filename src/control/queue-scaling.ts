import { durationMs } from "../lib/quantities.ts";
import type { Environment } from "../spec/environment.ts";
import { cloudName } from "../targets/local/names.ts";
import { refName } from "../spec/derive.ts";
import type { Platform } from "./platform.ts";

// Workers follow the depth of their queues: one more for each so many jobs that wait, none after a while in which nothing waits.

export type WorkerLoad = { readonly waiting: number; readonly quietMs: number; readonly now: number };
export type WorkerScale = { readonly min: number; readonly max: number; readonly waiting?: number; readonly idleMs?: number };

/** How many workers there should be. Pure. */
export function workersFor({ min, max, waiting: perWorker, idleMs }: WorkerScale, load: WorkerLoad): number {
  const asked = perWorker === undefined ? Math.min(1, load.waiting) : Math.ceil(load.waiting / perWorker);
  if (asked > 0) return Math.min(max, Math.max(asked, min, 1));
  // Those that are there finish what they have; they go once nothing has waited for a while.
  if (idleMs !== undefined && load.quietMs >= idleMs) return 0;
  return Math.min(max, Math.max(load.now, min, idleMs === undefined ? 1 : 0));
}

export function createQueueScaling(platform: Platform) {
  const busyAt = new Map<string, number>();
  return {
    async look(
      environments: readonly { readonly key: string; readonly data: Environment; readonly speed: number }[],
    ): Promise<void> {
      const workers = environments.flatMap((one) => workersOf(one.data).map((worker) => ({ ...one, ...worker })));
      if (workers.length === 0) return;
      const machine = await platform.agent.state();
      const depths = await platform.facilities.depths();
      if (depths === undefined) return;
      for (const { key, data, speed, service, queues: taken, scale } of workers) {
        const view = machine.environments.find((one) => one.environment === key)?.services.find((one) => one.service === service);
        const serving = view?.revisions.find((one) => one.revision === view.split.shares[0]?.revision);
        if (serving === undefined) continue;
        const names = taken.map((queue) => cloudName(data.product, key, queue));
        const mine = depths.queues.filter((one) => names.includes(one.name));
        const waiting = mine.reduce((sum, one) => sum + one.visible + one.inFlight, 0);
        const name = `${key}/${service}`;
        if (waiting > 0 || !busyAt.has(name)) busyAt.set(name, Date.now());
        const { idleMs, ...rest } = scale;
        const wanted = workersFor(
          { ...rest, ...(idleMs === undefined ? {} : { idleMs: idleMs / speed }) },
          { waiting, quietMs: Date.now() - (busyAt.get(name) ?? 0), now: serving.replicas.length },
        );
        if (wanted !== serving.replicas.length) await platform.agent.scale(key, service, serving.revision, wanted);
      }
    },
  };
}

/** The workers that take from queues which can be looked into: those of the resource server. */
function workersOf(environment: Environment) {
  return Object.entries(environment.services).flatMap(([service, one]) => {
    if (one.kind !== "worker" || one.here === undefined) return [];
    const queues = (one.takes ?? []).flatMap((take) => refName(take, "resources") ?? []);
    const own = queues.filter((name) => {
      const resource = environment.resources[name];
      return resource?.kind === "queue" && resource.on === undefined;
    });
    if (own.length === 0 || own.length < queues.length) return [];
    const { min = 1, max = 1, on, idle } = one.scale ?? {};
    const scale: WorkerScale = {
      min,
      max,
      ...(on?.waiting === undefined ? {} : { waiting: on.waiting }),
      ...(idle === undefined ? {} : { idleMs: durationMs(idle.after) }),
    };
    return [{ service, queues: own, scale }];
  });
}
