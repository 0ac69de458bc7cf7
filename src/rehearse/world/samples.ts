import { risen } from "../../signals/promql/evaluate/rates.ts";

// What a scraper would have kept of the counters of a rehearsal: all of them sampled at the same moments.

/** One counter; it has no samples before it began. */
export type Counter = { values: Float64Array; readonly from: number };

export function createSamples(prior: Float64Array): {
  times(): Float64Array;
  count(): number;
  add(atMs: number): void;
  /** The index of the first sample after that, for those who ask where a window begins, and where it ends. */
  begin(ms: number): number;
  end(ms: number): number;
} {
  // Those before are the same for all: they are copied when the first of its own is added.
  let times = prior;
  let count = prior.length;
  /** What was asked last at either end of a window: all counters of a condition are asked of the same one. */
  const begun = { ms: Number.NaN, at: 0 };
  const ended = { ms: Number.NaN, at: 0 };
  const found = (ms: number, last: typeof begun): number => {
    if (last.ms !== ms) {
      last.at = firstAfter(times, ms, count);
      last.ms = ms;
    }
    return last.at;
  };
  return {
    times: () => times,
    count: () => count,
    add(atMs) {
      if (count === times.length) times = grown(times);
      times[count++] = atMs;
      begun.ms = Number.NaN;
      ended.ms = Number.NaN;
    },
    begin: (ms) => found(ms, begun),
    end: (ms) => found(ms, ended),
  };
}

/** The index of the first moment, of so many in rising order, that is later. */
export function firstAfter(times: ArrayLike<number>, ms: number, count = times.length): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

export type SampleTimes = ReturnType<typeof createSamples>;

export function put(counter: Counter, at: number, value: number): void {
  if (at >= counter.values.length) counter.values = grown(counter.values);
  counter.values[at] = value;
}

/** As PromQL's `increase` has it, to the last digit: it is the same function. Nothing that is rehearsed forgets what it has counted. */
export function increaseOf(counter: Counter, samples: SampleTimes, fromMs: number, toMs: number): number | undefined {
  const from = Math.max(counter.from, samples.begin(fromMs));
  const to = samples.end(toMs);
  if (to - from < 2) return undefined;
  const row = { times: samples.times(), values: counter.values, from, to };
  return risen(row, { startMs: fromMs, endMs: toMs, rangeMs: toMs - fromMs, atMs: toMs, prometheus: 3 });
}

function grown(values: Float64Array): Float64Array {
  const larger = new Float64Array(Math.max(1_024, values.length * 2));
  larger.set(values);
  return larger;
}
