import type { Generator } from "../random/generator.ts";
import { addMultinomial } from "../random/multinomial.ts";

/** How long a revision's requests took, counted in buckets. Drawn when somebody asks, of all that have come since, at once. */
export type Durations = {
  /** So many more requests, each of which takes so many times as long as usual. */
  take(requests: number, times: number): void;
  counts(): readonly number[];
  /**
   * From now on nobody tells durations apart but by these buckets, the first of each group: whoever falls into a group is counted in its
   * first. A hundred draws become a handful, and what is beyond each bound has the very same distribution.
   */
  groupAt(starts: readonly number[]): void;
};

export function createDurations(draws: Generator, sharesAt: (times: number) => readonly number[]): Durations {
  let waiting: { readonly times: number; requests: number }[] = [];
  const counts = sharesAt(1).map(() => 0);
  let starts: readonly number[] | undefined;
  const known = new Map<number, readonly number[]>();

  function sharesOf(times: number): readonly number[] {
    let shares = known.get(times);
    if (shares === undefined)
      known.set(times, (shares = starts === undefined ? sharesAt(times) : grouped(sharesAt(times), starts)));
    return shares;
  }

  return {
    take(requests, times) {
      const last = waiting.at(-1);
      if (last?.times === times) last.requests += requests;
      else waiting.push({ times, requests });
    },
    counts() {
      if (waiting.length === 0) return counts;
      for (const { times, requests } of waiting) addMultinomial(draws, requests, sharesOf(times), counts);
      waiting = [];
      return counts;
    },
    groupAt(wanted) {
      if (starts !== undefined) return;
      starts = wanted;
      known.clear();
    },
  };
}

/** The shares of the groups, each where its first bucket is. */
function grouped(shares: readonly number[], starts: readonly number[]): readonly number[] {
  const sums = shares.map(() => 0);
  let group = 0;
  for (const [bucket, share] of shares.entries()) {
    if (starts.includes(bucket)) group = bucket;
    sums[group] = (sums[group] ?? 0) + share;
  }
  return sums;
}
