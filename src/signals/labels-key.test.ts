import * as fc from "fast-check";
import { expect, test } from "vitest";
import { labelsKey, orderedKey, orderedLabels } from "./labels-key.ts";

const labels = fc.dictionary(fc.oneof(fc.constantFrom("a", "b", "10", "9", "__proto__"), fc.string()), fc.string(), {
  maxKeys: 5,
});
const entriesOf = (of: Readonly<Record<string, string>>) =>
  Object.entries(of)
    .filter(([, value]) => value !== "")
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

test("equal labels have one key in whatever order, and different ones have two", () => {
  fc.assert(
    fc.property(labels, labels, (one, other) => {
      const turned = Object.fromEntries(Object.entries(one).toReversed());
      expect(labelsKey(turned)).toBe(labelsKey(one));
      expect(labelsKey(orderedLabels(one))).toBe(labelsKey(one));
      expect(labelsKey(one) === labelsKey(other)).toBe(JSON.stringify(entriesOf(one)) === JSON.stringify(entriesOf(other)));
    }),
  );
});

test("no value makes two labels of one", () => {
  expect(labelsKey({ a: "x\u0002b\u0001y" })).not.toBe(labelsKey({ a: "x", b: "y" }));
  expect(labelsKey({ a: "x1:b1:y" })).not.toBe(labelsKey({ a: "x", b: "y" }));
});

test("labels out of order, or without a value, have no key at once", () => {
  expect(orderedKey({ b: "1", a: "2" })).toBeUndefined();
  expect(orderedKey({ a: "" })).toBeUndefined();
  // Objects put what looks like a number first, and in its own order.
  expect(orderedKey({ "10": "x", "9": "y" })).toBeUndefined();
  expect(orderedKey({ a: "1", b: "2" })).toBe(labelsKey({ b: "2", a: "1" }));
});
