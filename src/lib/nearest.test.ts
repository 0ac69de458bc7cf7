import * as fc from "fast-check";
import { expect, test } from "vitest";
import { didYouMean, editDistance, nearest } from "./nearest.ts";

test.each([
  ["heath", "health"],
  ["sclae", "scale"],
  ["Port", "port"],
  ["us-centrl1", "us-central1"],
])("%s means %s", (typed, meant) => expect(nearest(typed, ["health", "scale", "port", "us-central1", "uses"])).toBe(meant));

test("nothing near is no guess, but a short choice is told", () => {
  expect(nearest("database", ["health", "scale"])).toBeUndefined();
  expect(didYouMean("database", ["b", "a"])).toBe("one of: a, b");
  expect(
    didYouMean(
      "database",
      Array.from({ length: 40 }, (_, n) => `zzzzzzzz${n}`),
    ),
  ).toBeUndefined();
});

test("the distance is a distance", () => {
  const word = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});
