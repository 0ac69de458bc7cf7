import type { Generator } from "./generator.ts";

/** Marsaglia's polar method; the second of each pair is not kept, so that a draw depends on nothing before it. */
export function normal(random: Generator): number {
  for (;;) {
    const x = 2 * random.uniform() - 1;
    const y = 2 * random.uniform() - 1;
    const square = x * x + y * y;
    if (square < 1 && square > 0) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}

/** With mean `shape`. Marsaglia and Tsang, "A simple method for generating gamma variables", 2000. */
export function gamma(random: Generator, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * Math.pow(random.uniform(), 1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = random.uniform();
    if (u < 1 - 0.0331 * x * x * x * x || Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}
