import { expect, test } from "vitest";
import { binomial } from "../random/binomial.ts";
import { createGenerator } from "../random/generator.ts";
import { chance, difference, quantile, wilson } from "./intervals.ts";

test("Clopper and Pearson's ends, as tables have them", () => {
  expect(chance(0, 100)).toMatchObject({ value: 0, from: 0, to: expect.closeTo(0.03622, 5) as number });
  expect(chance(5, 20)).toMatchObject({ from: expect.closeTo(0.08657, 5) as number, to: expect.closeTo(0.49105, 5) as number });
  expect(chance(100, 100)).toMatchObject({ from: expect.closeTo(0.96378, 5) as number, to: 1 });
  expect(chance(0, 0)).toMatchObject({ from: 0, to: 1 });
});

test("Wilson's", () => {
  expect(wilson(5, 20)).toMatchObject({ from: expect.closeTo(0.1119, 4) as number, to: expect.closeTo(0.4687, 4) as number });
});

test("a chance lies between its ends at least as often as is said", () => {
  const random = createGenerator(3);
  for (const [n, p] of [
    [40, 0.02],
    [200, 0.3],
    [1_000, 0.999],
  ] as const) {
    let inside = 0;
    for (let at = 0; at < 2_000; at++) {
      const { from, to } = chance(binomial(random, n, p), n);
      if (from <= p && p <= to) inside += 1;
    }
    expect(inside / 2_000).toBeGreaterThan(0.94);
  }
});

test("the median of a hundred lies between the 40th and the 61st", () => {
  const sorted = Array.from({ length: 100 }, (_, at) => at + 1);
  expect(quantile(sorted, 0.5)).toEqual({ value: 50, from: 40, to: 61 });
  expect(quantile([1, 2, 3], 0.5)).toEqual({ value: 2, from: -Infinity, to: Infinity });
  expect(quantile([], 0.5)).toBeUndefined();
});

test("a quantile lies between its ends at least as often as is said", () => {
  const random = createGenerator(4);
  for (const part of [0.5, 0.95]) {
    let inside = 0;
    for (let at = 0; at < 1_000; at++) {
      const found = quantile(Float64Array.from({ length: 150 }, random.uniform).toSorted(), part);
      if (found !== undefined && found.from <= part && part <= found.to) inside += 1;
    }
    expect(inside / 1_000).toBeGreaterThan(0.935);
  }
});

test("two chances: no difference is no difference, and a large one is one", () => {
  const none = difference({ times: 30, of: 100 }, { times: 32, of: 100 });
  expect([none.from < 0, none.to > 0]).toEqual([true, true]);
  // Newcombe's example: 56/70 against 48/80.
  const large = difference({ times: 48, of: 80 }, { times: 56, of: 70 });
  expect(large).toMatchObject({ from: expect.closeTo(0.0524, 4) as number, to: expect.closeTo(0.3339, 4) as number });
});
