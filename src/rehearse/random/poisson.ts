import type { Generator } from "./generator.ts";
import { logFactorial } from "./log-factorial.ts";

/** How many of many rare things happen where so many are expected. Exact: no normal stands in for it, however large the mean. */
export function poisson(random: Generator, mean: number): number {
  if (!(mean > 0)) return 0;
  return mean < 10 ? byInversion(random, mean) : byRejection(random, mean);
}

function byInversion(random: Generator, mean: number): number {
  let left = random.uniform();
  let term = Math.exp(-mean);
  let count = 0;
  while (left > term) {
    left -= term;
    count++;
    term *= mean / count;
    // What is left is rounding.
    if (term === 0) return count;
  }
  return count;
}

/** Hörmann, "The transformed rejection method for generating Poisson random variables", 1993: PTRS. */
function byRejection(random: Generator, mean: number): number {
  const root = Math.sqrt(mean);
  const b = 0.931 + 2.53 * root;
  const a = -0.059 + 0.02483 * b;
  const accepted = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random.uniform() - 0.5;
    const v = random.uniform();
    const us = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= accepted) return count;
    if (count < 0 || (us < 0.013 && v > us)) continue;
    // Most are accepted by now: logarithms are for the others.
    const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
    const bound = count * Math.log(mean) - mean - logFactorial(count);
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= bound) return count;
  }
}
