import { expect, test } from "vitest";
import { createGenerator } from "../../rehearse/random/generator.ts";
import { createHistogram } from "./histogram.ts";

test("a quantile is that of what was counted, to a five hundredth", () => {
  const histogram = createHistogram();
  const chance = createGenerator(7);
  const values = Array.from({ length: 20_000 }, () => 0.2 * Math.exp(14 * chance.uniform()));
  for (const one of values) histogram.add(one);
  const sorted = values.toSorted((a, b) => a - b);
  for (const part of [0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1]) {
    const exact = sorted[Math.ceil(sorted.length * part) - 1] ?? 0;
    const seen = histogram.quantile(part) ?? 0;
    expect(Math.abs(seen - exact)).toBeLessThanOrEqual(exact / 500 + 0.001);
  }
  expect([histogram.count(), histogram.max()]).toEqual([values.length, sorted.at(-1)]);
});

test("nothing, zero, and longer than an hour", () => {
  const histogram = createHistogram();
  expect(histogram.quantile(0.5)).toBeUndefined();
  histogram.add(0);
  expect(histogram.quantile(0.5)).toBe(0);
  histogram.add(10 * 3_600_000);
  expect([histogram.quantile(1), histogram.max()]).toEqual([expect.closeTo(3_600_000, -4), 36_000_000]);
  histogram.clear();
  expect(histogram.count()).toBe(0);
});
