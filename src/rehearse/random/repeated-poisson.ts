import type { Generator } from "./generator.ts";
import { logFactorial } from "./log-factorial.ts";
import { poisson } from "./poisson.ts";

/** A table costs as much as so many draws without one. */
const worthwhile = 16;
/** Of larger means the tables would be large, and draws without one are as fast as of small ones. */
const largestMean = 10_000;
/** What is less likely than this part of the likeliest is below what a uniform number can tell. */
const vanishing = 2 ** -62;
const guides = 256;

/**
 * Poisson numbers of a mean that stays the same for long. After some draws they are read from a table of the very same distribution, with
 * one uniform number each; when the mean changes it begins anew.
 */
export function createRepeatedPoisson(random: Generator): (mean: number) => number {
  let mean = 0;
  let drawn = 0;
  let least = 0;
  let below = new Float64Array(0);
  const guide = new Uint16Array(guides);

  function table(): void {
    const mode = Math.floor(mean);
    const likeliest = Math.exp(mode * Math.log(mean) - mean - logFactorial(mode));
    least = mode;
    let term = likeliest;
    while (least > 0 && term > vanishing * likeliest) term *= least-- / mean;
    const cells = Math.ceil(2 * (mode - least) + 64);
    if (below.length < cells) below = new Float64Array(cells);
    let sum = 0;
    let at = 0;
    for (let next = 0; at < cells - 1 && (least + at <= mode || term > vanishing * likeliest); at++) {
      sum += term;
      below[at] = sum;
      for (; next < guides && sum * guides > next; next++) guide[next] = at;
      term *= mean / (least + at + 1);
    }
    below[at] = Infinity;
    for (let next = guides - 1; next >= 0 && sum * guides <= next; next--) guide[next] = at;
  }

  return (of) => {
    if (!(of > 0)) return 0;
    if (of !== mean) {
      mean = of;
      drawn = 0;
    }
    if (drawn < worthwhile || mean > largestMean) {
      drawn += 1;
      return poisson(random, mean);
    }
    if (drawn === worthwhile) {
      drawn += 1;
      table();
    }
    const uniform = random.uniform();
    let at = guide[Math.floor(uniform * guides)] ?? 0;
    while ((below[at] ?? 0) < uniform) at++;
    return least + at;
  };
}
