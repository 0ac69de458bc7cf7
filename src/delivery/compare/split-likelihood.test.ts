import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isTelling, splitExponent, splitLogLikelihood } from "./split-likelihood.ts";

type Case = { canary: number; baseline: number; events: number; times: number; by: number };

/** log p_j for an odds ratio of times/by, in whole numbers. */
function exactLogs({ canary, baseline, events, times, by }: Case): {
  first: number;
  splits: number;
  logAt: (index: number) => number;
} {
  const first = Math.max(0, events - baseline);
  const last = Math.min(events, canary);
  const terms: bigint[] = [];
  let term = choose(canary, first) * choose(baseline, events - first) * BigInt(by) ** BigInt(last - first);
  for (let j = first; j <= last; j++) {
    terms.push(term);
    term =
      (term * BigInt(canary - j) * BigInt(events - j) * BigInt(times)) /
      (BigInt(j + 1) * BigInt(baseline - events + j + 1) * BigInt(by));
  }
  const sum = terms.reduce((total, one) => total + one, 0n);
  return { first, splits: terms.length, logAt: (index) => log(terms[index] ?? 0n, sum) };
}

function choose(n: number, k: number): bigint {
  let result = 1n;
  for (let i = 0; i < k; i++) result = (result * BigInt(n - i)) / BigInt(i + 1);
  return result;
}

/** log(a/b), with sixty bits of the quotient. */
function log(a: bigint, b: bigint): number {
  const bits = (value: bigint) => value.toString(16).length * 4;
  const shift = bits(b) - bits(a) + 64;
  return Math.log(Number(shift > 0 ? (a << BigInt(shift)) / b : (a >> BigInt(-shift)) / b)) - shift * Math.LN2;
}

const oddsRatios = [
  [5, 4],
  [75, 2],
  [2, 1],
  [1, 1],
  [1, 2],
] as const;

test("is what whole numbers say, for every split of small windows", () => {
  fc.assert(
    fc.property(
      fc.nat(40),
      fc.nat(90),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(...oddsRatios),
      (canary, baseline, part, [times, by]) => {
        const events = Math.round(part * (canary + baseline));
        const { first, splits, logAt } = exactLogs({ canary, baseline, events, times, by });
        for (let index = 0; index < splits; index++) {
          const exact = logAt(index);
          const canaryEvents = first + index;
          const counts = { canary, canaryEvents, baseline, baselineEvents: events - canaryEvents };
          expect(isTelling(counts)).toBe(splits > 1);
          expect(Math.abs(splitLogLikelihood(counts, Math.log(times / by)) - exact)).toBeLessThan(1e-13 * Math.max(1, -exact));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test.each<Case>([
  { canary: 2_000, baseline: 18_000, events: 400, times: 75, by: 2 },
  { canary: 3_000, baseline: 3_000, events: 3_000, times: 5, by: 1 },
  { canary: 500, baseline: 10, events: 505, times: 1, by: 2 },
  // Wide enough that terms are left out.
  { canary: 20_000, baseline: 20_000, events: 20_000, times: 2, by: 1 },
])("is what whole numbers say of $canary and $baseline requests with $events events", (given) => {
  const { first, splits, logAt } = exactLogs(given);
  for (let index = 0; index < splits; index += Math.ceil(splits / 100)) {
    const exact = logAt(index);
    const canaryEvents = first + index;
    const counts = { ...given, canaryEvents, baselineEvents: given.events - canaryEvents };
    expect(Math.abs(splitLogLikelihood(counts, Math.log(given.times / given.by)) - exact)).toBeLessThan(
      1e-13 * Math.max(1, -exact),
    );
  }
});

test.each([
  [1_000_000, 9_000_000, 5_000_000, 1.25],
  [10_000_000, 90_000_000, 40_000, 2],
  [10_000_000, 10_000_000, 10_000_000, 37.5],
])("adds up to one with %i and %i requests and %i events", (canary, baseline, events, ratio) => {
  const at = (canaryEvents: number) =>
    splitLogLikelihood({ canary, canaryEvents, baseline, baselineEvents: events - canaryEvents }, Math.log(ratio));
  // The most frequent one, as the logarithms rise to it and fall from it.
  let [low, high] = [0, Math.min(canary, events)];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(middle + 1) > at(middle)) low = middle + 1;
    else high = middle;
  }
  let sum = Math.exp(at(low));
  for (let away = 1, part = sum; part > 1e-15 * sum; away++) sum += part = Math.exp(at(low + away)) + Math.exp(at(low - away));
  expect(Math.abs(sum - 1)).toBeLessThan(1e-11);
});

test("is a finite number for any counts that a window can have", () => {
  const count = fc.oneof(
    fc.nat(3),
    fc.nat(100_000),
    fc.maxSafeInteger().map((value) => Math.floor(Math.abs(value) / 2 ** 5)),
  );
  const part = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(count, part, count, part, fc.double({ min: -5, max: 5, noNaN: true }), (canary, a, baseline, b, logOdds) => {
      const counts = { canary, canaryEvents: Math.floor(a * canary), baseline, baselineEvents: Math.floor(b * baseline) };
      const value = splitLogLikelihood(counts, logOdds);
      expect(Number.isFinite(value)).toBe(true);
      expect(value).toBeLessThanOrEqual(1e-9);
    }),
    { numRuns: 2_000 },
  );
});

test("of very many requests nearly all of it grows with their number", () => {
  const counts = { canary: 2 ** 36, canaryEvents: 2 ** 30, baseline: 2 ** 39, baselineEvents: 2 ** 32 };
  for (const ratio of [0.5, 1.25, 2, 30]) {
    const rest = splitLogLikelihood(counts, Math.log(ratio)) - splitExponent(counts, Math.log(ratio));
    expect(Math.abs(rest)).toBeLessThan(20);
  }
  expect(splitExponent(counts, Math.log(30))).toBeLessThan(-1e6);
  expect(splitExponent({ ...counts, baseline: 0, baselineEvents: 0 }, 1)).toBe(0);
});
