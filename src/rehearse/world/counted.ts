import type { Durations } from "./durations.ts";
import { type Counter, type SampleTimes, put } from "./samples.ts";

/** What had been answered before the rehearsal, at the samples that there are already, and how much in the last day. */
export type Prior = { readonly requests: Float64Array; readonly errors: Float64Array; readonly answered: number };

/** Buckets as a histogram has them, each with all below it; none where nobody asks for durations. */
export type Counted = {
  readonly good: Counter;
  readonly errors: Counter;
  readonly buckets: readonly (Counter & { before: number })[];
};

/** The counters of a revision as a scraper has them: what was there before goes on, what is new begins with the next sample. */
export function countersOf(
  samples: SampleTimes,
  { before, bucketShares }: { readonly before: Prior | undefined; readonly bucketShares: readonly number[] },
): Counted {
  const from = before === undefined ? samples.count() : 0;
  const column = (given: Float64Array | undefined) => {
    const values = new Float64Array(Math.max(samples.times().length, from + 1));
    if (given !== undefined) values.set(given);
    return { values, from };
  };
  let below = 0;
  const last = before?.requests.at(-1) ?? 0;
  const good = before?.requests.map((all, at) => all - (before.errors[at] ?? 0));
  return {
    good: column(good),
    errors: column(before?.errors),
    buckets: bucketShares.map((share) => {
      below += share;
      const upTo = below;
      return { ...column(before?.requests.map((value) => value * upTo)), before: last * upTo };
    }),
  };
}

/** One more sample of each; durations are drawn for it where they are wanted. */
export function sample(
  counted: Counted,
  { requests, errors, durations }: { readonly requests: number; readonly errors: number; readonly durations: Durations },
  at: number,
): void {
  put(counted.good, at, requests - errors);
  put(counted.errors, at, errors);
  if (counted.buckets.length === 0) return;
  const counts = durations.counts();
  let below = 0;
  for (const [bucket, counter] of counted.buckets.entries()) {
    below += counts[bucket] ?? 0;
    put(counter, at, counter.before + below);
  }
}

/** What is known of durations by now was answered before the rehearsal: from here on they are counted. */
export function countFromHere({ buckets }: Counted, durations: Durations): void {
  const counts = durations.counts();
  let below = 0;
  for (const [bucket, counter] of buckets.entries()) {
    below += counts[bucket] ?? 0;
    counter.before -= below;
  }
}
