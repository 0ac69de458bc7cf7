import type { Labels } from "../../signals/series.ts";
import type { MetricStore, SeriesHandle } from "../../signals/store/metric-store.ts";

/** What one origin of samples says, round by round. A series that it does not say again has ended, and is marked so. */
export type Origin = {
  begin(timeMs: number): void;
  /** `key` is how this origin calls the series; `labels` are asked for when it is new. */
  put(key: string, labels: () => Labels, value: number): void;
  /** A sample with a time of its own: whether the series goes on, it alone knows. */
  putAt(key: string, labels: () => Labels, value: number, timeMs: number): void;
  /** What this round did not say has ended. */
  finish(): void;
  /** All of it has ended. */
  end(timeMs: number): void;
};

/** One whose samples have times of their own is not said to have ended at ours. */
type Known = { readonly handle: SeriesHandle; round: number; timed: boolean };

/**
 * With `fromZero` a series that appears while the origin was there before is said to have stood at 0 then: the first failure of a
 * service is an increase.
 */
export function createOrigin(store: MetricStore, options: { readonly fromZero?: boolean } = {}): Origin {
  const known = new Map<string, Known>();
  let round = 0;
  let nowMs = 0;
  let beforeMs: number | undefined;

  function find(key: string, labels: () => Labels): Known | undefined {
    const found = known.get(key);
    if (found) return found;
    const handle = store.series(labels());
    if (!handle) return undefined;
    const made = { handle, round: 0, timed: false };
    known.set(key, made);
    if (options.fromZero === true && beforeMs !== undefined) store.push(handle, beforeMs, 0);
    return made;
  }

  return {
    begin(timeMs) {
      if (round > 0) beforeMs = nowMs;
      round += 1;
      nowMs = timeMs;
    },
    put(key, labels, value) {
      const one = find(key, labels);
      if (!one) return;
      store.push(one.handle, nowMs, value);
      one.round = round;
    },
    putAt(key, labels, value, timeMs) {
      const one = find(key, labels);
      if (!one) return;
      store.push(one.handle, timeMs, value);
      one.round = round;
      one.timed = true;
    },
    finish() {
      for (const [key, { handle, timed, round: last }] of known) {
        if (last === round) continue;
        if (!timed) store.end(handle, nowMs);
        known.delete(key);
      }
    },
    end(timeMs) {
      for (const { handle, timed } of known.values()) if (!timed) store.end(handle, timeMs);
      known.clear();
      beforeMs = undefined;
      round = 0;
    },
  };
}
