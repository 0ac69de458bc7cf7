import { binomial } from "./binomial.ts";
import type { Generator } from "./generator.ts";

/** Adds to `into` how many of `n` fall into each bucket. Shares sum to 1; what rounding leaves falls into the last one that has any. */
export function addMultinomial(random: Generator, n: number, shares: readonly number[], into: number[]): void {
  let last = shares.length - 1;
  while (last >= 0 && !((shares[last] ?? 0) > 0)) last -= 1;
  let left = n;
  let rest = 1;
  for (let bucket = 0; bucket <= last && left > 0; bucket++) {
    const share = shares[bucket] ?? 0;
    if (share <= 0) continue;
    const here = bucket === last ? left : binomial(random, left, Math.min(1, share / rest));
    into[bucket] = (into[bucket] ?? 0) + here;
    left -= here;
    rest -= share;
  }
}
