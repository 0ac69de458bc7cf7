import type { Store } from "../store/store.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How much of what has ended is kept. What serves and what one can go back to does not hang on it; the log of events stays whole. */
const runsKept = { newest: 200, keptMs: 90 * dayMs, most: 2_000, longestMs: 400 * dayMs } as const;

/** Forgets what ended long ago, once an hour. */
export function createPruning(store: Pick<Store, "runs">, nowMs: () => number): { look(): Promise<void> } {
  let lastMs = -Infinity;
  return {
    async look() {
      if (nowMs() - lastMs < hourMs) return;
      lastMs = nowMs();
      await store.runs.prune(runsKept);
    },
  };
}
