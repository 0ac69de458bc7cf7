import { expect, test } from "vitest";
import { atSpeed } from "./at-speed.ts";
import { parsePromql } from "./parse.ts";
import { printPromql } from "./print.ts";

const parse = (text: string) => {
  const parsed = parsePromql(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.expr;
};

test.each([
  ["ranges", "sum(rate(x[5m])) > 0.05 and sum(increase(x[5m])) >= 20", "sum(rate(x[5s])) > 0.05 and sum(increase(x[5s])) >= 20"],
  ["offsets, forwards too", "x offset 1h - y offset -30m", "x offset 1m - y offset -30s"],
  ["subqueries and their steps", "max_over_time(sum(x)[1h:5m] offset 1d)", "max_over_time(sum(x)[1m:5s] offset 24m)"],
  ["how far predict_linear looks", "predict_linear(x[6h], 3600) < 0", "predict_linear(x[6m], 60) < 0"],
  ["also where it is worked out", "predict_linear(x[6h], 24 * 3600)", "predict_linear(x[6m], 24 * 3600 / 60)"],
  ["but no moment", "x @ 1609746000", "x @ 1609746000"],
  ["no threshold and no age", "time() - x > 26 * 3600", "time() - x > 26 * 3600"],
  ["and nothing shorter than a millisecond", "rate(x[30ms])", "rate(x[1ms])"],
])("at 60 times the speed: %s", (_, text, expected) => {
  expect(printPromql(atSpeed(parse(text), 60))).toBe(expected);
});

test("speed 1 changes nothing", () => {
  const expr = parse("rate(x[5m])");
  expect(atSpeed(expr, 1)).toBe(expr);
});

test.each([0, -1, Number.NaN, Infinity])("%d is no speed", (speed) => {
  expect(() => atSpeed(parse("x"), speed)).toThrow("a speed is a number above 0");
});
