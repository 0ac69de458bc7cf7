import * as fc from "fast-check";
import { expect, test } from "vitest";
import { freezeThresholds, slowerThan } from "./latency-thresholds.ts";

const bounds = [10, 20, 50, 100, 200, 500];

test("thresholds are the bounds nearest to the median, the p95 and the p99", () => {
  const latency = [200, 300, 400, 60, 30, 8, 2];
  const thresholds = freezeThresholds(latency, bounds);
  expect(thresholds).toEqual([
    { of: "p50", ms: 20, from: 2 },
    { of: "p95", ms: 100, from: 4 },
    { of: "p99", ms: 200, from: 5 },
  ]);
  expect(thresholds?.map((one) => slowerThan(one, latency))).toEqual([500, 40, 10]);
});

test("quantiles that lie in one bucket have one threshold: its upper end, beyond which nothing was", () => {
  expect(freezeThresholds([0, 0, 5_000, 0, 0, 0, 0], bounds)).toEqual([{ of: "p50", ms: 50, from: 3 }]);
});

test("nothing is frozen on a handful of requests, on buckets of another kind, or where nearly all are beyond the last bound", () => {
  expect(freezeThresholds([50, 50, 50, 30, 10, 5, 4], bounds)).toBeUndefined();
  expect(freezeThresholds([500, 500, 500], bounds)).toBeUndefined();
  expect(freezeThresholds([], bounds)).toBeUndefined();
  expect(freezeThresholds([0, 0, 0, 0, 0, 50, 950], bounds)).toBeUndefined();
});

test("whatever the latencies, there are between one and three, each once, none that nearly everything is beyond", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { minLength: 7, maxLength: 7 }), (latency) => {
      const requests = latency.reduce((sum, count) => sum + count, 0);
      const thresholds = freezeThresholds(latency, bounds);
      if (thresholds === undefined) return;
      expect(thresholds.length).toBeGreaterThan(0);
      expect(new Set(thresholds.map(({ from }) => from)).size).toBe(thresholds.length);
      for (const threshold of thresholds) expect(slowerThan(threshold, latency)).toBeLessThan(0.9 * requests);
    }),
  );
});
