import { expect, test } from "vitest";
import { between, readTraffic } from "./counting.ts";

const seen = (requests: number, errors: number, latency: readonly number[]) => ({ requests, errors, latency });

test("a window has what came since the last look", () => {
  expect(between(seen(100, 3, [60, 40]), seen(130, 4, [80, 50]))).toEqual(seen(30, 1, [20, 10]));
});

test.each([
  ["requests", seen(20, 5, [70, 50])],
  ["errors", seen(120, 1, [70, 50])],
  ["a bucket", seen(120, 5, [70, 10])],
])("a counter that began anew, told by %s, counts from nothing", (_, now) => {
  expect(between(seen(100, 3, [60, 40]), now)).toEqual(now);
});

test("buckets of another kind say nothing of the window", () => {
  expect(between(seen(100, 3, [60, 40]), seen(130, 4, [80, 50, 0]))).toEqual(seen(30, 1, []));
});

test("what is read may be anything and becomes whole numbers, with no more errors than requests", () => {
  expect(readTraffic(seen(10.7, 20, [Infinity, -3, NaN, 2.9]))).toEqual(seen(10, 10, [2 ** 48, 0, 0, 2]));
  expect(readTraffic(seen(NaN, -1, []))).toEqual(seen(0, 0, []));
});

test("a window never has more errors than requests, even where they are counted one after the other", () => {
  expect(between(seen(100, 3, []), seen(101, 6, []))).toEqual(seen(1, 1, []));
});
