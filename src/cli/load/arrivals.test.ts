import { expect, test } from "vitest";
import { type Rate, createArrivals } from "./arrivals.ts";

function all(rate: Rate, untilMs: number, options: { seed?: number; even?: boolean } = {}): readonly number[] {
  const arrivals = createArrivals(rate, { seed: 1, untilMs, ...options });
  const found: number[] = [];
  for (; arrivals.next() < Infinity; arrivals.take()) found.push(arrivals.next());
  return found;
}

test("as many as the rate says, and their spans stray as those of strangers do", () => {
  const found = all(() => 200, 100_000);
  expect(Math.abs(found.length - 20_000)).toBeLessThan(4 * Math.sqrt(20_000));
  const spans = found.slice(1).map((at, index) => at - (found[index] ?? 0));
  const mean = spans.reduce((sum, one) => sum + one, 0) / spans.length;
  const variance = spans.reduce((sum, one) => sum + (one - mean) ** 2, 0) / spans.length;
  expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1);
  expect(all(() => 200, 100_000)).toEqual(found);
  expect(all(() => 200, 100_000, { seed: 2 })).not.toEqual(found);
});

test("evenly, where that is asked for", () => {
  const spans = all(() => 50, 1_000, { even: true });
  expect(spans.length).toBe(49);
  expect(spans.every((at, index) => Math.abs(at - (index + 1) * 20) < 1e-6)).toBe(true);
});

test("a rate that rises gives half of its middle in the first half less a quarter", () => {
  const found = all((ms) => ms / 100, 100_000);
  const early = found.filter((at) => at < 50_000).length;
  expect(Math.abs(found.length - 50_000)).toBeLessThan(1_000);
  expect(early / found.length).toBeCloseTo(0.25, 1);
});

test("a rate of nothing gives nothing, and ends", () => {
  expect(all(() => 0, 10_000)).toEqual([]);
  expect(all((ms) => (ms < 5_000 ? 0 : 1_000), 6_000).every((at) => at >= 5_000)).toBe(true);
});
