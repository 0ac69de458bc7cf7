import type { Generator } from "./generator.ts";
import { logFactorial } from "./log-factorial.ts";

/** How many of `n` succeed where each does with this probability. Exact, and as fast for a million as for a hundred. */
export function binomial(random: Generator, n: number, probability: number): number {
  if (n <= 0 || !(probability > 0)) return 0;
  if (probability >= 1) return n;
  if (probability > 0.5) return n - binomial(random, n, 1 - probability);
  return n * probability < 10 ? byInversion(random, n, probability) : byRejection(random, n, probability);
}

function byInversion(random: Generator, n: number, probability: number): number {
  const odds = probability / (1 - probability);
  let term = Math.exp(n * Math.log1p(-probability));
  let left = random.uniform();
  let count = 0;
  while (left > term) {
    left -= term;
    if (count >= n) return n;
    term *= (odds * (n - count)) / (count + 1);
    count++;
  }
  return count;
}

/** Hörmann, "The generation of binomial random variates", 1993: BTRS. */
function byRejection(random: Generator, n: number, probability: number): number {
  const root = Math.sqrt(n * probability * (1 - probability));
  const b = 1.15 + 2.53 * root;
  const a = -0.0873 + 0.0248 * b + 0.01 * probability;
  const centre = n * probability + 0.5;
  const accepted = 0.92 - 4.2 / b;
  for (;;) {
    const u = random.uniform() - 0.5;
    const v = random.uniform();
    const us = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / us + b) * u + centre);
    if (count < 0 || count > n) continue;
    if (us >= 0.07 && v <= accepted) return count;
    // Most are accepted by now: logarithms are for the others.
    const alpha = (2.83 + 5.1 / b) * root;
    const logOdds = Math.log(probability / (1 - probability));
    const mode = Math.floor((n + 1) * probability);
    const atMode = logFactorial(mode) + logFactorial(n - mode);
    const bound = atMode - logFactorial(count) - logFactorial(n - count) + (count - mode) * logOdds;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return count;
  }
}
