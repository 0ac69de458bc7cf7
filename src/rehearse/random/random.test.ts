import { describe, expect, test } from "vitest";
import { binomial } from "./binomial.ts";
import { gamma, normal } from "./gamma.ts";
import { createGenerator, xoshiro128 } from "./generator.ts";
import { logFactorial } from "./log-factorial.ts";
import { addMultinomial } from "./multinomial.ts";
import { poisson } from "./poisson.ts";
import { createRepeatedPoisson } from "./repeated-poisson.ts";

// Seeds are fixed: a test that passes once passes always. What is looked at is whether the numbers are those of their distribution.

const draws = 60_000;

/** Pearson's statistic against exact probabilities, in deviations from what it should be; neighbours are taken together until 20 are expected. */
function misfit(sample: () => number, probability: (value: number) => number, most: number): number {
  const seen = new Map<number, number>();
  for (let at = 0; at < draws; at++) {
    const value = sample();
    seen.set(value, (seen.get(value) ?? 0) + 1);
  }
  let [statistic, cells, expected, observed, rest, all] = [0, 0, 0, 0, draws, draws];
  for (let value = 0; value <= most; value++) {
    expected += draws * probability(value);
    observed += seen.get(value) ?? 0;
    if (expected < 20) continue;
    statistic += (observed - expected) ** 2 / expected;
    cells += 1;
    rest -= observed;
    all -= expected;
    [expected, observed] = [0, 0];
  }
  if (all > 5) statistic += (rest - all) ** 2 / all;
  return (statistic - cells) / Math.sqrt(2 * cells);
}

test("the generator gives what its authors' gives", () => {
  const { bits } = xoshiro128([1, 2, 3, 4]);
  expect(Array.from({ length: 10 }, bits)).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ]);
});

test("its streams are others for each seed, run and purpose, and spread evenly", () => {
  const first = createGenerator(1, 0, 1);
  const streams = [
    createGenerator(1, 0, 1),
    createGenerator(1, 0, 2),
    createGenerator(1, 1, 1),
    createGenerator(2, 0, 1),
    createGenerator(2 ** 40 + 1, 0, 1),
  ];
  expect(new Set(streams.map(({ bits }) => bits())).size).toBe(streams.length);
  const uniforms = Array.from({ length: draws }, first.uniform);
  expect(uniforms.every((value) => value > 0 && value < 1)).toBe(true);
  expect(
    Math.abs(
      misfit(
        () => Math.floor(first.uniform() * 50),
        () => 1 / 50,
        49,
      ),
    ),
  ).toBeLessThan(4);
});

describe("a Poisson number", () => {
  test.each([0.01, 0.7, 5, 9.99, 10, 30, 250, 4_000])("with a mean of %d", (mean) => {
    const random = createGenerator(7, Math.round(mean * 100));
    const probability = (count: number) => Math.exp(count * Math.log(mean) - mean - logFactorial(count));
    expect(Math.abs(misfit(() => poisson(random, mean), probability, Math.ceil(mean + 12 * Math.sqrt(mean) + 10)))).toBeLessThan(
      4,
    );
  });
});

describe("a Poisson number of a mean that stays the same, out of its table", () => {
  test.each([0.01, 0.7, 9.99, 30, 224.775, 4_000])("with a mean of %d", (mean) => {
    const next = createRepeatedPoisson(createGenerator(12, Math.round(mean * 100)));
    for (let at = 0; at < 100; at++) next(mean);
    const probability = (count: number) => Math.exp(count * Math.log(mean) - mean - logFactorial(count));
    const most = Math.ceil(mean + 12 * Math.sqrt(mean) + 10);
    expect(Math.abs(misfit(() => next(mean), probability, most))).toBeLessThan(4);
  });

  test("is of the new mean at once when that becomes another", () => {
    const next = createRepeatedPoisson(createGenerator(13));
    const means = [3, 50, 3, 0, 50];
    const sums = means.map((mean) => Array.from({ length: 2_000 }, () => next(mean)).reduce((sum, one) => sum + one, 0) / 2_000);
    for (const [at, mean] of means.entries())
      expect(Math.abs((sums[at] ?? 0) - mean)).toBeLessThan(5 * Math.sqrt(mean / 2_000) + 1e-9);
  });
});

describe("a binomial number", () => {
  test.each([
    [1, 0.3],
    [20, 0.05],
    [200, 0.049],
    [200, 0.5],
    [1_000, 0.98],
    [100_000, 0.001],
  ])("of %d, each with %d", (n, p) => {
    const random = createGenerator(8, n);
    const probability = (count: number) =>
      Math.exp(
        logFactorial(n) - logFactorial(count) - logFactorial(n - count) + count * Math.log(p) + (n - count) * Math.log1p(-p),
      );
    expect(Math.abs(misfit(() => binomial(random, n, p), probability, n))).toBeLessThan(4);
  });
});

test("bursts: a Poisson whose mean is drawn from a gamma has the mean and the variance that it should", () => {
  const random = createGenerator(9);
  const values = Array.from({ length: draws }, () => poisson(random, 20 * 0.25 * gamma(random, 1 / 0.25)));
  const mean = values.reduce((sum, value) => sum + value, 0) / draws;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws;
  expect(mean).toBeCloseTo(20, 0);
  expect(variance / (20 + 0.25 * 400)).toBeCloseTo(1, 1);
});

test("gammas and normals have their moments", () => {
  const random = createGenerator(10);
  for (const shape of [0.3, 1, 11]) {
    const values = Array.from({ length: draws }, () => gamma(random, shape));
    const mean = values.reduce((sum, value) => sum + value, 0) / draws;
    expect(mean / shape).toBeCloseTo(1, 1);
    expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws / shape).toBeCloseTo(1, 1);
  }
  const normals = Array.from({ length: draws }, () => normal(random));
  expect(normals.filter((value) => Math.abs(value) < 1.959964).length / draws).toBeCloseTo(0.95, 2);
});

test("a multinomial loses nothing, and gives each bucket its share", () => {
  const random = createGenerator(11);
  const shares = [0.1, 0, 0.6, 0.3, 0];
  const into = [0, 0, 0, 0, 0];
  for (let at = 0; at < 1_000; at++) addMultinomial(random, 100, shares, into);
  expect(into.reduce((sum, one) => sum + one, 0)).toBe(100_000);
  expect(into.map((one) => Math.round(one / 1_000) / 100)).toEqual(shares);
});
