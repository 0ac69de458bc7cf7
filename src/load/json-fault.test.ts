import * as fc from "fast-check";
import { expect, test } from "vitest";
import { jsonFault } from "./json-fault.ts";

test.each([
  ["", 0, "the file is empty"],
  ["  \n", 0, "the file is empty"],
  ['{ "a": 1, }', 8, "a comma before }"],
  ["[1, 2, ]", 5, "a comma before ]"],
  ['{ "a": 1 "b": 2 }', 9, "a comma or } is missing"],
  ["[1 2]", 3, "a comma or ] is missing"],
  ["{ a: 1 }", 2, 'double quotes, as "a"'],
  ["{ 'a': 1 }", 2, "double quotes"],
  ["{ , }", 2, "a key is missing before this comma"],
  ['{ "a" 1 }', 6, "a colon is missing"],
  ['{ "a": }', 7, "a value is missing"],
  ['{ "a": undefined }', 7, "undefined is no value of JSON"],
  ['{ "a": NaN }', 7, "NaN is no value of JSON"],
  ["[01]", 1, "01 is no value of JSON"],
  ["[1.e5]", 1, "1.e5 is no value of JSON"],
  ["['a']", 1, "text has to stand in double quotes"],
  ["{ // why\n }", 2, "JSON has no comments"],
  ["[1] # why", 4, "something stands behind the end"],
  ['["a\nb"]', 1, "does not end on its line"],
  ['["\\x"]', 1, "has to be escaped"],
  ["[1, {", 5, "the file ends where a key or } is missing"],
  ['{"a": [', 7, "the file ends where a value or ] is missing"],
])("%j: at %d %s", (source, offset, said) => {
  const fault = jsonFault(source);
  expect(fault.offset).toBe(offset);
  expect(fault.said).toContain(said);
});

test("whatever is wrong with a text, there is a place for it", () => {
  const text = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "]", "}", '"', ":", "x", "\n", "["))
    .map(([json, at, character]) => {
      const cut = at % (json.length + 1);
      return json.slice(0, cut) + character + json.slice(cut + (character === "" ? 1 : 0));
    });
  fc.assert(
    fc.property(text, (source) => {
      try {
        JSON.parse(source);
      } catch {
        const { offset, said } = jsonFault(source);
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThanOrEqual(source.length);
        expect(said).not.toContain("nothing is missing");
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a long text is no trouble", () =>
  expect(jsonFault(`["${"\\n x".repeat(1_000_000)}" 1]`).said).toBe("a comma or ] is missing"));
