import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parsePath, pathText, valueAt } from "./paths.ts";

test.each([
  [["services", "api", "scale", "max"], "services.api.scale.max"],
  [["alerts", "API errors", "to", 0], 'alerts["API errors"].to[0]'],
  [["a", 'quo"te'], 'a["quo\\"te"]'],
  [[], ""],
])("%j is written %s", (path, text) => {
  expect(pathText(path)).toBe(text);
  expect(parsePath(text)).toEqual(path);
});

test.each(["a..b", ".a", "a.", "a[", 'a["x', "a b", "a[x]", "a]"])("%s is no path", (text) => {
  expect(parsePath(text)).toBeUndefined();
});

test("whatever path is written is read back", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.nat(1_000))), (path) => {
      expect(parsePath(pathText(path))).toEqual(path);
    }),
  );
});

test("a path never leads into a prototype", () => {
  expect(valueAt({}, ["constructor", "name"])).toBeUndefined();
  expect(valueAt({ a: "text" }, ["a", "length"])).toBeUndefined();
});
