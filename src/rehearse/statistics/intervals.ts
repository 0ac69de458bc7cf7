import { betaQuantile } from "./beta.ts";

/** An estimate, and between which values the truth lies with 95 % confidence. */
export type Estimate = { readonly value: number; readonly from: number; readonly to: number };

const confidence = 0.95;

/**
 * A chance, from how often something happened. Clopper and Pearson: it holds at least as often as it says, also for none of a thousand, where
 * Wilson's is narrower and sometimes too narrow.
 */
export function chance(times: number, of: number): Estimate {
  if (of === 0) return { value: Number.NaN, from: 0, to: 1 };
  const tail = (1 - confidence) / 2;
  return {
    value: times / of,
    from: times === 0 ? 0 : betaQuantile(tail, times, of - times + 1),
    to: times === of ? 1 : betaQuantile(1 - tail, times + 1, of - times),
  };
}

/**
 * A quantile of what was seen, in rising order. Whatever the distribution, so many are below the true quantile as a binomial says: its own
 * quantiles are the ranks between which it lies. Undefined where too few were seen for an upper or a lower end.
 */
export function quantile(sorted: ArrayLike<number>, part: number): Estimate | undefined {
  const n = sorted.length;
  if (n === 0) return undefined;
  const tail = (1 - confidence) / 2;
  const lower = binomialRank(n, part, tail);
  const upper = binomialRank(n, part, 1 - tail) + 1;
  return {
    value: sorted[Math.min(n - 1, Math.max(0, Math.ceil(n * part) - 1))] ?? Number.NaN,
    from: lower < 1 ? -Infinity : (sorted[lower - 1] ?? -Infinity),
    to: upper > n ? Infinity : (sorted[upper - 1] ?? Infinity),
  };
}

/** The largest rank with at most, or for an upper tail the smallest with at least, this much below it. */
function binomialRank(n: number, part: number, probability: number): number {
  const odds = part / (1 - part);
  let term = n * Math.log1p(-part);
  let below = 0;
  for (let k = 0; k <= n; k++) {
    const next = below + Math.exp(term);
    if (probability < 0.5 ? next > probability : next >= probability - 1e-12) return k;
    below = next;
    term += Math.log((odds * (n - k)) / (k + 1));
  }
  return n;
}

/** Two chances held against each other: by how much the second is higher. Newcombe's interval, made of Wilson's two. */
export function difference(
  first: { readonly times: number; readonly of: number },
  second: { readonly times: number; readonly of: number },
): Estimate {
  const [one, two] = [wilson(first.times, first.of), wilson(second.times, second.of)];
  const value = two.value - one.value;
  return {
    value,
    from: value - Math.hypot(two.value - two.from, one.to - one.value),
    to: value + Math.hypot(two.to - two.value, one.value - one.from),
  };
}

const z = 1.959963984540054;

export function wilson(times: number, of: number): Estimate {
  if (of === 0) return { value: Number.NaN, from: 0, to: 1 };
  const value = times / of;
  const centre = (value + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((value * (1 - value)) / of + (z * z) / (4 * of * of));
  return { value, from: Math.max(0, centre - half), to: Math.min(1, centre + half) };
}
