import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Evidence, harmEvidence, noEvidence, type Question, safetyEvidence, withWindow } from "./evidence.ts";
import { type Counts, splitLogLikelihood } from "./split-likelihood.ts";

const uncapped: Question = { tolerance: 1.25, harmful: 2, negligible: 0.005, cap: Infinity, most: Infinity };

/** All splits of a window's events, each with its probability where the canary's odds are so many times the baseline's. */
function splits({ canary, baseline, events }: { canary: number; baseline: number; events: number }, times: number) {
  const found: { counts: Counts; probability: number }[] = [];
  for (let canaryEvents = Math.max(0, events - baseline); canaryEvents <= Math.min(events, canary); canaryEvents++) {
    const counts = { canary, canaryEvents, baseline, baselineEvents: events - canaryEvents };
    found.push({ counts, probability: Math.exp(splitLogLikelihood(counts, Math.log(times))) });
  }
  return found;
}

/** What the evidence is on average after these windows. */
function expected(
  windows: readonly { canary: number; baseline: number; events: number }[],
  times: number,
  question: Question,
  read: (evidence: Evidence) => number,
  before = noEvidence,
): number {
  const [first, ...others] = windows;
  if (first === undefined) return read(before);
  return splits(first, times).reduce(
    (sum, { counts, probability }) =>
      sum + probability * expected(others, times, question, read, withWindow(before, counts, question)),
    0,
  );
}

/** What speaks for safety by comparison alone: whether errors are rare is not in the split. */
const bySplit = (evidence: Evidence) => 2 * safetyEvidence({ ...evidence, rare: evidence.rare.map(() => -Infinity) });

const windows = [
  { canary: 30, baseline: 270, events: 7 },
  { canary: 300, baseline: 2_700, events: 30 },
  { canary: 40, baseline: 10, events: 44 },
  { canary: 25, baseline: 25, events: 25 },
];

describe("a bet is fair", () => {
  test.each(windows)("evidence is 1 on average at the very odds that are claimed: $canary and $baseline, $events", (window) => {
    expect(expected([window], 1.25, uncapped, harmEvidence)).toBeCloseTo(1, 11);
    expect(expected([window], 2, uncapped, bySplit)).toBeCloseTo(1, 11);
  });

  test("and over three windows, with bets that start later", () => {
    const three = [windows[0], windows[3], { canary: 60, baseline: 240, events: 5 }].flatMap((one) => one ?? []);
    expect(expected(three, 1.25, uncapped, harmEvidence)).toBeCloseTo(1, 10);
    expect(expected(three, 2, uncapped, bySplit)).toBeCloseTo(1, 10);
  });

  test.each(windows)(
    "it is less where the claim is true by more, and where it is capped: $canary and $baseline, $events",
    (window) => {
      for (const times of [1.2, 1, 0.5, 0.1]) expect(expected([window], times, uncapped, harmEvidence)).toBeLessThan(1);
      for (const times of [2.1, 3, 10]) expect(expected([window], times, uncapped, bySplit)).toBeLessThan(1);
      for (const cap of [5, 2, 1.1]) {
        const capped = { ...uncapped, cap, most: 400 };
        expect(expected([window], 1.25, capped, harmEvidence)).toBeLessThanOrEqual(1 + 1e-12);
        expect(expected([window], 2, capped, bySplit)).toBeLessThanOrEqual(1 + 1e-12);
      }
    },
  );

  test.each([
    [0.005, 1],
    [0.006, 0.99],
    [0.05, 0.9],
  ])("that errors are rare: a canary that fails with %f makes it at most %f on average", (rate, most) => {
    const canary = 400;
    let [probability, sum] = [(1 - rate) ** canary, 0];
    for (let canaryEvents = 0; canaryEvents <= canary; canaryEvents++) {
      const evidence = withWindow(noEvidence, { canary, canaryEvents, baseline: 0, baselineEvents: 0 }, uncapped);
      sum += probability * 2 * (safetyEvidence(evidence) - 0.5);
      probability *= ((canary - canaryEvents) * rate) / ((canaryEvents + 1) * (1 - rate));
    }
    expect(sum).toBeLessThanOrEqual(most + 1e-9);
    if (most === 1) expect(sum).toBeCloseTo(1, 9);
  });
});

const counted = fc
  .tuple(fc.nat(400), fc.nat(2_000), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([canary, baseline, a, b]): Counts => ({
    canary,
    canaryEvents: Math.floor(a * a * canary),
    baseline,
    baselineEvents: Math.floor(b * b * baseline),
  }));

test("the order of the windows does not matter to what the bets from the first window on have become", () => {
  fc.assert(
    fc.property(fc.array(counted, { maxLength: 8 }), (given) => {
      const one = given.reduce((evidence, window) => withWindow(evidence, window, uncapped), noEvidence);
      const other = given.toReversed().reduce((evidence, window) => withWindow(evidence, window, uncapped), noEvidence);
      for (const name of ["harm", "safety", "rare"] as const)
        for (const [index, sum] of one[name].entries())
          expect(Math.abs(sum - (other[name][index] ?? NaN))).toBeLessThan(1e-9 * (1 + Math.abs(sum)));
      expect(other.counts).toEqual(one.counts);
      expect(other.windows).toBe(one.windows);
    }),
  );
});

test("one window makes evidence no more than so many times as strong, whatever it shows", () => {
  const question = { ...uncapped, cap: 5, most: 400 };
  fc.assert(
    fc.property(fc.array(counted, { maxLength: 5 }), counted, (given, last) => {
      const before = given.reduce((evidence, window) => withWindow(evidence, window, question), noEvidence);
      const after = withWindow(before, last, question);
      expect(harmEvidence(after)).toBeLessThanOrEqual(5 * harmEvidence(before) * (1 + 1e-12));
      expect(safetyEvidence(after)).toBeLessThanOrEqual(5 * safetyEvidence(before) * (1 + 1e-12));
      expect(safetyEvidence(after)).toBeLessThanOrEqual(400 * (1 + 1e-12));
    }),
  );
});

test("an hour of health does not hide what goes wrong after it", () => {
  const question = { ...uncapped, cap: 5, most: 400 };
  const window = (canaryEvents: number): Counts => ({ canary: 300, canaryEvents, baseline: 2_700, baselineEvents: 27 });
  let evidence = noEvidence;
  for (let at = 0; at < 60; at++) evidence = withWindow(evidence, window(3), question);
  expect(harmEvidence(evidence)).toBeLessThan(0.5);
  expect(safetyEvidence(evidence)).toBeGreaterThan(20);
  let windows = 0;
  for (; harmEvidence(evidence) < 40; windows++) evidence = withWindow(evidence, window(15), question);
  expect(windows).toBeLessThanOrEqual(7);
  expect(safetyEvidence(evidence)).toBeLessThan(1);
});
