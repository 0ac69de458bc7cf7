import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TrafficSeen } from "../observed.ts";
import { beginComparison, type ComparisonOptions, type ComparisonState, harmOf, safetyOf, takeWindow } from "./comparison.ts";
import { verdictOf } from "./verdict.ts";

const options: ComparisonOptions = {
  tolerance: 1.25,
  harmful: 2,
  alpha: 0.05,
  beta: 0.05,
  warmUpMs: 60_000,
  windowMs: 60_000,
  latencyBoundsMs: [10, 100],
  measures: ["errors"],
};
const minute = 60_000;
const seen = (requests: number, errors = 0, latency: readonly number[] = [requests, 0, 0]): TrafficSeen => ({
  requests,
  errors,
  latency,
});

/** Looks one after the other: minutes, requests of the baseline and of the canary, errors of each. */
function looks(state: ComparisonState, ...given: readonly [number, number, number, number?, number?][]): ComparisonState {
  return given.reduce(
    (now, [at, baseline, canary, baselineErrors, canaryErrors]) =>
      takeWindow(now, { atMs: at * minute, baseline: seen(baseline, baselineErrors), canary: seen(canary, canaryErrors) }),
    state,
  );
}

describe("counting", () => {
  test("begins a warm-up after the canary's first request, however long that takes", () => {
    const waiting = looks(beginComparison(options), [0, 1_000, 0], [30, 90_000, 0, 900]);
    expect(waiting.trafficSinceMs).toBeUndefined();
    const warm = looks(waiting, [31, 91_000, 10, 910, 10], [31.5, 92_000, 60, 920, 60]);
    expect(warm).toMatchObject({ trafficSinceMs: 31 * minute, windows: 0 });
    const counted = looks(warm, [32, 93_000, 100, 930, 70], [33, 94_000, 150, 940, 71]);
    expect(counted).toMatchObject({ windows: 1, countedMs: minute });
    expect(counted.errors.counts).toEqual({ canary: 50, canaryEvents: 1, baseline: 1_000, baselineEvents: 10 });
  });

  const begun = looks(beginComparison({ ...options, warmUpMs: 0 }), [0, 1_000, 1], [0, 1_000, 1]);

  test("looks within a window change nothing; what they saw comes with the window's end", () => {
    expect(looks(begun, [0.2, 1_200, 20], [0.9, 1_900, 90])).toBe(begun);
    expect(looks(begun, [0.2, 1_200, 20], [1, 2_000, 101]).errors.counts).toMatchObject({ canary: 100, baseline: 1_000 });
  });

  test("looks that come a little late, now more and now less, are a window each", () => {
    const at = [1.03, 2.01, 3.02, 4, 5.01, 6.03, 7].map((time): [number, number, number] => [
      time,
      1_000 + time * 1_000,
      time * 100,
    ]);
    expect(looks(begun, ...at).windows).toBe(7);
  });

  test("what could not be seen is no window and loses nothing", () => {
    const one = looks(begun, [1, 2_000, 101]);
    for (const unseen of [{ baseline: seen(9) }, { canary: seen(9) }, {}])
      expect(takeWindow(one, { atMs: 2 * minute, ...unseen })).toBe(one);
    expect(takeWindow(one, { atMs: NaN, baseline: seen(9), canary: seen(9) })).toBe(one);
    expect(looks(one, [3, 4_000, 301]).errors.counts).toMatchObject({ canary: 300, baseline: 3_000 });
  });

  test("a revision whose counter began anew is counted from nothing", () => {
    const one = looks(begun, [1, 2_000, 101, 20, 1], [2, 3_000, 40, 30, 2], [3, 500, 140, 5, 3]);
    expect(one.errors.counts).toEqual({
      canary: 100 + 40 + 100,
      canaryEvents: 1 + 2 + 1,
      baseline: 1_000 + 1_000 + 500,
      baselineEvents: 20 + 10 + 5,
    });
  });

  test("at a hundredth of the share for ever, or with nobody on one side, nothing is decided", () => {
    const alone = looks(
      begun,
      ...Array.from({ length: 30 }, (_, at): [number, number, number, number, number] => [
        at + 1,
        1_000,
        1 + 50 * at,
        0,
        25 * at,
      ]),
    );
    expect(verdictOf(alone)).toMatchObject({
      verdict: "inconclusive",
      because: "the old revision has had no requests to compare with",
    });
  });
});

describe("latency", () => {
  const both: ComparisonOptions = { ...options, warmUpMs: 0, measures: ["errors", "latency"], latencyBoundsMs: [10, 100, 1_000] };

  test("has its thresholds from before the release, and keeps them", () => {
    const begun = beginComparison(both, seen(2_000, 0, [1_000, 900, 80, 20]));
    expect(begun.thresholds?.map(({ of, ms }) => [of, ms])).toEqual([
      ["p50", 10],
      ["p95", 100],
      ["p99", 1_000],
    ]);
    let state = begun;
    for (let at = 0; at < 5; at++) {
      const baseline = seen(2_000 + at * 900, 0, [1_000, 900 + at * 800, 80 + at * 100, 20]);
      state = takeWindow(state, { atMs: at * minute, baseline, canary: seen(1 + at * 100, 0, [1, at * 50, at * 50, 0]) });
    }
    expect(state.thresholds).toBe(begun.thresholds);
    expect(state.latency.map(({ counts }) => counts)).toEqual([
      { canary: 300, canaryEvents: 300, baseline: 2_700, baselineEvents: 2_700 },
      { canary: 300, canaryEvents: 150, baseline: 2_700, baselineEvents: 300 },
      { canary: 300, canaryEvents: 0, baseline: 2_700, baselineEvents: 0 },
    ]);
  });

  test("without a past, they are what the baseline shows until it has shown enough; only what follows counts", () => {
    let state = beginComparison(both);
    for (let at = 0; at < 5; at++)
      state = takeWindow(state, {
        atMs: at * minute,
        baseline: seen(50 + at * 100, 0, [25 + at * 50, 25 + at * 50, 0, 0]),
        canary: seen(1 + at * 100, 0, [0, 1 + at * 100, 0, 0]),
      });
    expect(state).toMatchObject({ windows: 3, errors: { counts: { canary: 300 } } });
    expect(state.thresholds?.[0]).toEqual({ of: "p50", ms: 10, from: 1 });
    expect(state.latency[0]?.counts).toMatchObject({ canary: 200, canaryEvents: 200, baseline: 200, baselineEvents: 100 });
  });

  test("buckets of another kind are not compared with thresholds of these", () => {
    let state = beginComparison(both, seen(2_000, 0, [1_000, 900, 80, 20]));
    for (let at = 0; at < 4; at++)
      state = takeWindow(state, {
        atMs: at * minute,
        baseline: seen(2_000 + 900 * at, 0, [at * 450, at * 450]),
        canary: seen(1 + at * 100, 0, []),
      });
    expect(state.windows).toBe(2);
    expect(verdictOf(state).verdict).toBe("inconclusive");
    expect(state.latency).toEqual([]);
  });
});

/** Counters as anybody might send them. */
const anyCount = fc.oneof(
  fc.nat(50),
  fc.nat(10_000_000),
  fc.double(),
  fc.constantFrom(0, -1, NaN, Infinity, 1e300, Number.MAX_SAFE_INTEGER),
);
const anyTraffic = fc.record({
  requests: anyCount,
  errors: anyCount,
  latency: fc.oneof(
    { weight: 9, arbitrary: fc.array(anyCount, { minLength: 3, maxLength: 3 }) },
    fc.array(anyCount, { maxLength: 5 }),
  ),
});
const anyLooks = fc.array(
  fc.record({
    // Text knows no −0.
    atMs: fc.oneof({ weight: 9, arbitrary: fc.nat(3_600_000) }, fc.double()).map((at) => at + 0),
    baseline: fc.option(anyTraffic, { nil: undefined }),
    canary: fc.option(anyTraffic, { nil: undefined }),
  }),
  { maxLength: 12 },
);
const anyOptions = fc.record({
  tolerance: fc.double({ min: 1.01, max: 10, noNaN: true }),
  alpha: fc.constantFrom(0, 0.001, 0.05, 0.5, 1),
  beta: fc.constantFrom(0, 0.05, 1),
  warmUpMs: fc.constantFrom(0, 60_000),
  windowMs: fc.constantFrom(100, 60_000),
  measures: fc.constantFrom(["errors", "latency"] as const, ["errors"] as const, ["latency"] as const),
});

test("whatever the counters show: every number is finite, the state is plain data, and goes on from its text as from itself", () => {
  fc.assert(
    fc.property(anyOptions, fc.option(anyTraffic, { nil: undefined }), anyLooks, (given, past, all) => {
      let state = beginComparison({ ...options, ...given }, past);
      let read: ComparisonState = state;
      for (const look of all) {
        state = takeWindow(state, look);
        read = takeWindow(JSON.parse(JSON.stringify(read)) as ComparisonState, look);
        const shown = [state, verdictOf(state), harmOf(state), safetyOf(state)];
        expect(JSON.parse(JSON.stringify(shown))).toEqual(shown);
        expect(JSON.stringify(shown)).not.toMatch(/null|NaN|Infinity/);
      }
      expect(read).toEqual(state);
    }),
    { numRuns: 400 },
  );
});

test("the state is a few kilobytes, after a day as after a minute", () => {
  const begun = beginComparison({ ...options, measures: ["errors", "latency"] }, seen(2_000, 0, [1_000, 950, 50]));
  let state = begun;
  for (let at = 0; at < 1_440; at++)
    state = takeWindow(state, {
      atMs: at * minute,
      baseline: seen(at * 900, at, [at * 450, at * 450, at]),
      canary: seen(at * 100, at, [at * 50, at * 50, at]),
    });
  expect(state.windows).toBeGreaterThan(1_400);
  expect(JSON.stringify(state).length).toBeLessThan(4_000);
});
