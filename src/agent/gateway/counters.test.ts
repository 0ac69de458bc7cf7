import * as fc from "fast-check";
import { expect, test } from "vitest";
import { latencyBoundsMs } from "../../wire/traffic.ts";
import { createHistogram } from "./counters.ts";

const atBounds = fc.constantFrom(...latencyBoundsMs.flatMap((bound) => [bound, bound * (1 + 2 ** -52), bound * (1 - 2 ** -53)]));
const any = fc.double({ min: 0, max: 100_000, noNaN: true });
const times = fc.array(fc.oneof(any, atBounds, fc.constantFrom(-0, Number.MIN_VALUE, 1e300)), { maxLength: 200 });

test("each time falls into the first bucket that holds it, and histograms add up", () => {
  fc.assert(
    fc.property(times, times, (some, others) => {
      const [a, b, both] = [createHistogram(), createHistogram(), createHistogram()];
      for (const ms of some) a.record(ms);
      for (const ms of others) b.record(ms);
      for (const ms of [...some, ...others]) both.record(ms);
      const [one, other, sum] = [a.view(), b.view(), both.view()];
      expect(one.counts.map((count, n) => count + (other.counts[n] ?? 0))).toEqual(sum.counts);
      expect(sum.counts).toHaveLength(latencyBoundsMs.length + 1);
      for (const [n, bound] of latencyBoundsMs.entries()) {
        const below = sum.counts.slice(0, n + 1).reduce((x, y) => x + y, 0);
        expect(below).toBe([...some, ...others].filter((ms) => ms <= bound).length);
      }
    }),
  );
});
