import type { MetricStore } from "../../signals/store/metric-store.ts";
import { createOrigin } from "../telemetry/origin.ts";
import type { Watcher } from "../watchers/watcher.ts";

/** Asks watchers at their times, each by itself; one that fails or hangs keeps no other waiting, and its series end. */
export function createReadings(watchers: readonly Watcher[], store: MetricStore, now: () => number) {
  const all = watchers.map((watcher) => ({
    watcher,
    origin: createOrigin(store),
    atMs: -Infinity,
    busy: false,
    problem: undefined as string | undefined,
  }));
  let over = false;

  const ask = async (one: (typeof all)[number]): Promise<void> => {
    one.busy = true;
    try {
      const readings = await one.watcher.look();
      if (over) return;
      one.origin.begin(now());
      for (const { name, labels, value } of readings)
        one.origin.put(`${name} ${JSON.stringify(labels)}`, () => ({ ...labels, __name__: name }), value);
      one.origin.finish();
      one.problem = undefined;
    } catch (error) {
      one.problem = error instanceof Error ? error.message : String(error);
      if (!over) one.origin.end(now());
    } finally {
      one.busy = false;
    }
  };

  return {
    round(): void {
      const atMs = now();
      for (const one of all) {
        if (one.busy || (atMs < one.atMs + one.watcher.everyMs && atMs >= one.atMs)) continue;
        one.atMs = atMs;
        void ask(one);
      }
    },
    problems: () =>
      all.flatMap(({ watcher, problem }) =>
        [...(problem === undefined ? [] : [problem]), ...(watcher.problems?.() ?? [])].map((one) => `${watcher.name}: ${one}`),
      ),
    stop(): void {
      over = true;
    },
  };
}
