import { rates } from "../../signals/promql/evaluate/rates.ts";

// What a scraper would have kept of the counters of a rehearsal: all of them sampled at the same moments.

const increase = rates["increase"];

/** One counter; it has no samples before it began. */
export type Counter = { values: Float64Array; readonly from: number };

export function createSamples(prior: Float64Array): {
  times(): Float64Array;
  count(): number;
  add(atMs: number): void;
  firstAfter(ms: number): number;
} {
  // Those before are the same for all: they are copied when the first of its own is added.
  let times = prior;
  let count = prior.length;
  return {
    times: () => times,
    count: () => count,
    add(atMs) {
      if (count === times.length) times = grown(times);
      times[count++] = atMs;
    },
    firstAfter: (ms) => firstAfter(times, ms, count),
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

/** As PromQL's `increase` has it, to the last digit: it is the same function. */
export function increaseOf(counter: Counter, samples: SampleTimes, fromMs: number, toMs: number): number | undefined {
  const from = Math.max(counter.from, samples.firstAfter(fromMs));
  const to = samples.firstAfter(toMs);
  if (to - from < 2) return undefined;
  const row = { times: samples.times(), values: counter.values, from, to };
  return increase?.(row, { startMs: fromMs, endMs: toMs, rangeMs: toMs - fromMs, atMs: toMs, prometheus: 3 }, 0);
}

function grown(values: Float64Array): Float64Array {
  const larger = new Float64Array(Math.max(1_024, values.length * 2));
  larger.set(values);
  return larger;
}
