import { expect, test } from "vitest";
import { createRates } from "./rates.ts";

test("so many at once, then as many as come back each second, each by itself", () => {
  let now = 0;
  const rates = createRates({ perSecond: 2, burst: 3 }, () => now);
  expect([1, 2, 3, 4].map(() => rates.take("a"))).toEqual([0, 0, 0, 500]);
  expect(rates.take("b")).toBe(0);
  now = 500;
  expect([rates.take("a"), rates.take("a")]).toEqual([0, 500]);
  now = 60_000;
  expect([1, 2, 3, 4].map(() => rates.take("a") === 0)).toEqual([true, true, true, false]);
});

test("a clock that goes back gives nothing away, and holds nobody up longer than before", () => {
  let now = 10_000;
  const rates = createRates({ perSecond: 1, burst: 1 }, () => now);
  expect(rates.take("a")).toBe(0);
  now = 0;
  expect(rates.take("a")).toBe(1_000);
  now = 1_000;
  expect(rates.take("a")).toBe(0);
});

test("names without number cost a bounded room: those beyond share one measure", () => {
  const rates = createRates({ perSecond: 1, burst: 1 }, () => 0);
  for (let name = 0; name < 10_000; name += 1) expect(rates.take(`n${name}`)).toBe(0);
  expect([rates.take("one more"), rates.take("and another")].filter((wait) => wait === 0)).toHaveLength(1);
});
