import { binomial } from "./binomial.ts";
import type { Generator } from "./generator.ts";

/** Adds to `into` how many of `n` fall into each bucket. Shares sum to 1; what rounding leaves falls into the last one that has any. */
export function addMultinomial(random: Generator, n: number, shares: readonly number[], into: number[]): void {
  const last = shares.findLastIndex((share) => share > 0);
  let [left, rest] = [n, 1];
  for (let bucket = 0; bucket <= last && left > 0; bucket++) {
    const share = shares[bucket] ?? 0;
    if (share <= 0) continue;
    const here = bucket === last ? left : binomial(random, left, Math.min(1, share / rest));
    into[bucket] = (into[bucket] ?? 0) + here;
    left -= here;
    rest -= share;
  }
}
