import { describe, expect, test } from "vitest";
import { failures, simulateCanary } from "../../../test/support/simulated-canary.ts";
import type { TrafficSeen } from "../observed.ts";
import { beginComparison, type ComparisonOptions, type ComparisonState, takeWindow } from "./comparison.ts";
import { describeForecast } from "./describe-forecast.ts";
import { forecastBefore, forecastOf } from "./forecast.ts";
import { verdictOf } from "./verdict.ts";

const options: ComparisonOptions = {
  tolerance: 1.25,
  harmful: 2,
  alpha: 0.05,
  beta: 0.05,
  warmUpMs: 0,
  windowMs: 60_000,
  latencyBoundsMs: [10, 100, 1_000],
};
const past: TrafficSeen = { requests: 10_000, errors: 100, latency: [5_000, 4_500, 400, 100] };
type Minute = { readonly requests: number; readonly errors: number; readonly latency: readonly number[] };
const fine: Minute = { requests: 1_000, errors: 10, latency: [500, 450, 40, 10] };
const old: Minute = { requests: 9_000, errors: 90, latency: [4_500, 4_050, 360, 90] };

/** So many minutes, all alike. */
function after(minutes: number, canary: Minute, baseline: Minute = old, given: Partial<ComparisonOptions> = {}): ComparisonState {
  const times = (n: number, one: Minute, from: TrafficSeen): TrafficSeen => ({
    requests: from.requests + n * one.requests,
    errors: from.errors + n * one.errors,
    latency: from.latency.map((count, bucket) => count + n * (one.latency[bucket] ?? 0)),
  });
  let state = beginComparison({ ...options, ...given }, past);
  const first: TrafficSeen = { requests: 1, errors: 0, latency: [1, 0, 0, 0] };
  for (let at = -1; at <= minutes; at++)
    state = takeWindow(state, {
      atMs: Math.max(0, at) * 60_000,
      baseline: times(Math.max(0, at), baseline, past),
      canary: times(Math.max(0, at), canary, first),
    });
  return state;
}

describe("the sentence has the numbers that decided", () => {
  test("errors that are five times as frequent", () => {
    expect(verdictOf(after(4, { ...fine, errors: 50 }))).toMatchObject({
      verdict: "fail",
      because: expect.stringMatching(
        /^errors: 150 of 3,000 \(5 %\) of the new revision's requests, 270 of 27,000 \(1 %\) of the old one's; that its odds are more than 1\.25 times as high has \d+ to 1 for it, and 40 to 1 decides \(5 % false alarms over 2 measures\)$/,
      ) as string,
    });
  });

  test("requests that are slower", () => {
    const { verdict, because } = verdictOf(after(10, { ...fine, latency: [300, 600, 80, 20] }));
    expect(verdict).toBe("fail");
    expect(because).toMatch(
      /^slower than 10 ms \(the old one's p50\): [\d,]+ of [\d,]+ \(70 %\) of the new revision's requests, [\d,]+ of [\d,]+ \(50 %\) of the old one's;/,
    );
  });

  test("as good as the old one: what speaks least for it", () => {
    const { verdict, because, evidence } = verdictOf(after(10, fine));
    expect(verdict).toBe("pass");
    expect(because).toMatch(
      /; that its odds are not 2 times as high has \d+ to 1 for it, every other measure more, and 20 to 1 decides \(5 % misses\)$/,
    );
    expect(evidence.safety.map(({ measure, threshold }) => threshold?.of ?? measure)).toEqual(["errors", "p50", "p95", "p99"]);
    for (const { evidence: odds } of evidence.safety) expect(odds).toBeGreaterThanOrEqual(20);
  });

  test("before there is enough", () => {
    const waiting = beginComparison({ ...options, warmUpMs: 120_000 }, past);
    expect(verdictOf(waiting).because).toBe("the new revision has had no requests yet");
    const warm = takeWindow(waiting, { atMs: 0, baseline: past, canary: { requests: 1, errors: 1, latency: [1, 0, 0, 0] } });
    expect(verdictOf(warm)).toMatchObject({
      verdict: "inconclusive",
      because: "the new revision has requests, and is counted after a warm-up of 2 minutes",
    });
    expect(verdictOf(after(2, { requests: 4, errors: 4, latency: [4, 0, 0, 0] })).because).toMatch(
      /^the new revision has had 8 requests, and nothing is said below 20; at 150 requests\/s, 0\.044 % of them the new revision's, this needs about .* to pass one that is as good as the old$/,
    );
  });

  test("neither one nor the other", () => {
    const { verdict, because } = verdictOf(after(2, fine));
    expect(verdict).toBe("inconclusive");
    expect(because).toMatch(
      /^not decided: .*; the most that speaks for harm is [\d.]+ to 1, and 40 to 1 decides; the least that speaks for safety is [\d.]+ to 1, and 20 to 1 decides; at 167 requests\/s, 10 % of them the new revision's, this needs about \d+ minutes to tell 2 × the odds of errors, about \d+ minutes to tell 2 × the odds of slow requests and about \d+ minutes to pass one that is as good as the old$/,
    );
  });
});

test("one that is neither surely harmful nor surely fine stays undecided, however long it is looked at", () => {
  const between = { ...fine, errors: 16 };
  expect(verdictOf(after(30, between, old, { harmful: 1.6, tolerance: 1.3, measures: ["errors"] })).verdict).not.toBe("pass");
});

test("harm that was shown stands, whatever comes after it", () => {
  let state = after(4, { ...fine, errors: 200 });
  const { because } = verdictOf(state);
  const { canary, baseline } = state.last ?? { canary: past, baseline: past };
  for (let at = 5; at < 200; at++)
    state = takeWindow(state, {
      atMs: at * 60_000,
      baseline: { ...baseline, requests: baseline.requests + at * 9_000, errors: baseline.errors + at * 90 },
      canary: { ...canary, requests: canary.requests + at * 1_000 },
    });
  expect(verdictOf(state)).toMatchObject({ verdict: "fail", because });
});

test("a service that never fails passes on errors once so many requests have shown it", () => {
  const never = { requests: 100, errors: 0, latency: [] };
  const passed = (minutes: number) =>
    verdictOf(after(minutes, never, { ...never, requests: 900 }, { measures: ["errors"] })).verdict;
  expect([passed(5), passed(15)]).toEqual(["inconclusive", "pass"]);
});

test("without histograms latency is never passed in silence", () => {
  const bare = { ...fine, latency: [] };
  const state = after(60, bare, { ...old, latency: [] });
  expect(verdictOf(state).verdict).toBe("inconclusive");
  expect(verdictOf(after(60, bare, { ...old, latency: [] }, { measures: ["errors"] })).verdict).toBe("pass");
});

describe("a forecast", () => {
  const { rules } = after(0, fine, old, { measures: ["errors"] });
  const usual = { requestsPerSecond: 50, share: 0.1, errorRate: 0.01, slowerRates: [] };

  test("is about the median of what happens", () => {
    for (const [times, runs] of [
      [2, 100],
      [3, 100],
    ] as const) {
      const { looks } = failures(runs, {
        looks: 60,
        requestsPerSecond: 50,
        shareAt: () => 0.1,
        errorRateAt: () => 0.01,
        worse: () => times,
      });
      const minutes = (forecastOf(rules, usual, times).failsAfterMs.errors ?? NaN) / 60_000;
      expect(looks.length).toBe(runs);
      expect(minutes / (looks[runs / 2] ?? NaN)).toBeGreaterThan(0.7);
      expect(minutes / (looks[runs / 2] ?? NaN)).toBeLessThan(1.4);
    }
    const passes: number[] = [];
    for (let seed = 1; seed <= 60; seed++)
      simulateCanary({ seed, looks: 60, requestsPerSecond: 50, shareAt: () => 0.1, errorRateAt: () => 0.01 }, (state, at) => {
        const passed = verdictOf(state).verdict === "pass";
        if (passed) passes.push(at);
        return passed;
      });
    const median = passes.toSorted((a, b) => a - b)[30] ?? NaN;
    const minutes = (forecastOf(rules, usual).passesAfterMs ?? NaN) / 60_000;
    expect(minutes / median).toBeGreaterThan(0.7);
    expect(minutes / median).toBeLessThan(1.4);
  });

  test("needs less with more requests, a larger share, and worse errors", () => {
    const ms = (given: Partial<typeof usual>, times = 2) =>
      forecastOf(rules, { ...usual, ...given }, times).failsAfterMs.errors ?? Infinity;
    expect(ms({ requestsPerSecond: 100 })).toBeLessThan(ms({}));
    expect(ms({ share: 0.5 })).toBeLessThan(ms({}));
    expect(ms({}, 5)).toBeLessThan(ms({}));
    expect(ms({ errorRate: 0.1 })).toBeLessThan(ms({}));
  });

  test("never comes where nothing can be told: no traffic, no share, no worse than tolerated", () => {
    for (const given of [{ requestsPerSecond: 0 }, { share: 0 }, { share: 1 }, { errorRate: 0 }, { errorRate: 1 }])
      expect(forecastOf(rules, { ...usual, ...given }).failsAfterMs).toEqual({});
    expect(forecastOf(rules, usual, 1.2).failsAfterMs).toEqual({});
    expect(forecastOf(rules, { ...usual, requestsPerSecond: 0 }).passesAfterMs).toBeUndefined();
    expect(forecastOf({ ...rules, measures: ["latency"] }, usual)).not.toHaveProperty("passesAfterMs");
  });

  test("can be made before a release, from the old revision's past", () => {
    const begun = beginComparison({ ...options, warmUpMs: 120_000 }, past);
    const forecast = forecastBefore(begun, past, { requestsPerSecond: 5, share: 0.1 });
    expect(Object.keys(forecast.failsAfterMs)).toEqual(["errors", "latency"]);
    expect(describeForecast(forecast)).toMatch(
      /^at 5 requests\/s, 10 % of them the new revision's, this needs about \d+ hours to tell 2 × the odds of errors, about \d+ minutes to tell 2 × the odds of slow requests and about \d+ minutes to pass one that is as good as the old$/,
    );
    const faster = forecastBefore(begun, past, { requestsPerSecond: 5, share: 0.1, times: 5 });
    expect(faster.failsAfterMs.errors).toBeLessThan(forecast.failsAfterMs.errors ?? 0);
  });
});
