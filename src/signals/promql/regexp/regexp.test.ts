import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSelector } from "./matching.ts";
import { compileRegexp } from "./regexp.ts";

const compile = (text: string) => {
  const compiled = compileRegexp(text);
  if (!compiled.ok) throw new Error(compiled.problem);
  return compiled.regexp;
};

test.each([
  ["api|web", ["api", "web"], ["ap", "apiweb", ""]],
  ["5..", ["503", "5xx", "5\n3"], ["50", "5033"]],
  ["a{2,3}b?", ["aa", "aaab"], ["a", "aaaa"]],
  ["(?i)Api", ["api", "API"], ["ap"]],
  ["a(?i:B)c", ["abc", "aBc"], ["aBC"]],
  ["[[:alpha:]_]+\\d", ["ab_1"], ["1", "é1"]],
  ["[^a-c]", ["d", "é", "😀"], ["a", "dd"]],
  ["\\pL+", ["né", "жук"], ["a1"]],
  ["\\p{Greek}", ["λ"], ["l"]],
  ["\\Qa.b\\E.", ["a.bc"], ["axbc"]],
  ["(?-s).", ["x"], ["\n"]],
  ["\\bab\\b", ["ab"], ["abc"]],
  ["", [""], ["x"]],
  ["(?:a*)*b", ["b", "aab"], ["a"]],
  ["[a\\]\\-z]+", ["a]-z"], ["b"]],
  ["x{,2}", ["x{,2}"], ["xx"]],
])("%s takes whole values only", (pattern, fitting, others) => {
  const regexp = compile(pattern);
  for (const text of fitting) expect(regexp.test(text), text).toBe(true);
  for (const text of others) expect(regexp.test(text), text).toBe(false);
});

test.each([
  "(?=a)",
  "(?<=a)",
  "\\1",
  "(",
  ")",
  "[a",
  "a**",
  "*a",
  "a{1001}",
  "a{3,2}",
  "\\p{Zebra}",
  "(?P<n>a)(?P<n>b)",
  "[b-a]",
  "\\",
  "(((a{1000}){1000}){1000})",
])("%s is refused, as RE2 does", (pattern) => {
  expect(compileRegexp(pattern).ok).toBe(false);
});

test("captures are those of the first way that fits", () => {
  expect(compile("(a|ab)(c|bcd)?(.*)").captures("abcd")).toEqual([0, 4, 0, 1, 1, 4, 4, 4]);
  expect(compile("(a+?)(a*)").captures("aaa")).toEqual([0, 3, 0, 1, 1, 3]);
  expect(compile("(?P<name>w.*)|(x)").captures("web")).toEqual([0, 3, 0, 3, -1, -1]);
});

test("what makes other engines run for ever takes time with the length of the text alone", () => {
  expect(compile("(a+)+(a+)+(a|a)*b").test("a".repeat(5_000))).toBe(false);
});

describe("beside JavaScript's own", () => {
  const atom = fc.constantFrom("a", "b", "c", ".", "[ab]", "[^a]", "\\d", "é");
  const { pattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
    pattern: fc.array(tie("part"), { maxLength: 4 }).map((parts) => parts.join("")),
    part: fc.oneof(
      { maxDepth: 3 },
      atom,
      fc.tuple(atom, fc.constantFrom("*", "+", "?", "*?", "+?", "{2}", "{1,3}", "{0,2}?")).map((two) => two.join("")),
      fc.tuple(tie("pattern"), tie("pattern")).map(([left, right]) => `(${left}|${right})`),
      tie("pattern").map((inner) => `(?:${inner})`),
    ),
  }));

  test("the same texts fit, with the same captures", () => {
    fc.assert(
      fc.property(pattern, fc.string({ unit: fc.constantFrom("a", "b", "c", "1", "é"), maxLength: 6 }), (text, value) => {
        const theirs = new RegExp(`^(?:${text})$`, "dsu").exec(value);
        expect(compile(text).captures(value)).toEqual(
          theirs?.indices?.flatMap((pair) => (pair as readonly number[] | undefined) ?? [-1, -1]),
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

test("a label that is not there is empty, and matchers hold together", () => {
  const fits = createSelector([
    { name: "a", op: "=", value: "" },
    { name: "b", op: "=~", value: "x|y" },
    { name: "c", op: "!~", value: "z.*" },
    { name: "d", op: "!=", value: "1" },
  ]);
  expect(fits({ b: "x" })).toBe(true);
  expect(fits({ b: "x", a: "1" })).toBe(false);
  expect(fits({ b: "x", c: "zz" })).toBe(false);
  expect(fits({ b: "x", d: "1" })).toBe(false);
  expect(fits({})).toBe(false);
});
