import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parsePromql } from "../../src/signals/promql/parse.ts";
import { printPromql } from "../../src/signals/promql/print.ts";
import { printNumber } from "../../src/signals/promql/syntax/literals.ts";
import { createRandom } from "./promql-random.ts";
import { randomExpression } from "./promql-random-expression.ts";

const places = new Set(["from", "to", "opAt", "nameAt"]);
/** Without where anything stands. */
const bare = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, one: unknown) =>
      places.has(key) ? undefined : typeof one === "number" ? printNumber(one) : one,
    ),
  );

test("what is printed is read as the same expression", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 6 }), (seed, depth) => {
      const expr = randomExpression(createRandom(seed), depth);
      const parsed = parsePromql(printPromql(expr));
      expect(parsed.ok ? bare(parsed.expr) : parsed.problems).toEqual(bare(expr));
    }),
    { numRuns: 2_000 },
  );
});

test("places in the tree are places in the text", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const text = printPromql(randomExpression(createRandom(seed), 3));
      const parsed = parsePromql(text);
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
      // The whole expression is the whole text, unless it begins or ends with parentheses of its own.
      expect(text.slice(0, parsed.expr.from)).toMatch(/^\(*$/);
      expect(text.slice(parsed.expr.to)).toMatch(/^\)*$/);
    }),
  );
});

const marks = "( ) [ ] { } [5m] [5m:1m] , # \" ' ` \\ = =~ !~ != == ^ - + * / % @ : .".split(" ");
const words =
  '1 0x 5m 1e9 Inf nan x sum by on offset bool rate( rate start() and group_left __name__ a="b" count_values topk(1, unless fill(0) smoothed';
const pieces = fc.constantFrom(...marks, ...words.split(" "), " ", "\n", "é", "😀", "\u0000", "\ud800");

test("any text is read or refused with a place inside it, and what is read prints", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.array(pieces, { maxLength: 60 }).map((all) => all.join("")),
  );
  fc.assert(
    fc.property(text, (given) => {
      const parsed = parsePromql(given);
      if (parsed.ok) expect(parsePromql(printPromql(parsed.expr)).ok).toBe(true);
      else {
        expect(parsed.problems.length).toBeGreaterThan(0);
        for (const { from, to } of parsed.problems) expect(0 <= from && from <= to && to <= given.length).toBe(true);
      }
    }),
    { numRuns: 5_000 },
  );
});

test("an expression that is cut or changed anywhere is read or refused", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(), fc.nat(3), pieces, (seed, at, cut, piece) => {
      const text = printPromql(randomExpression(createRandom(seed), 3));
      const place = at % (text.length + 1);
      const parsed = parsePromql(text.slice(0, place) + piece + text.slice(place + cut));
      expect(parsed.ok || parsed.problems.length > 0).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});

const deep = 10_000;
test.each([
  ["brackets", "(".repeat(deep) + "x" + ")".repeat(deep), "nested more than"],
  ["brackets that stay open", "(".repeat(deep), "nested more than"],
  ["calls", "abs(".repeat(deep) + "x" + ")".repeat(deep), "at most"],
  ["calls, short enough", "abs(".repeat(5_000) + "x" + ")".repeat(5_000), "nested more than"],
  ["signs", "-".repeat(deep) + "x", "too long a chain"],
  ["powers", Array.from({ length: deep }, () => "x").join("^"), "too long a chain"],
  ["sums", Array.from({ length: deep }, () => "x").join("+"), "too long a chain"],
  ["offsets", `x${" offset 5m".repeat(2_500)}`, "too long a chain"],
  ["subqueries", `x${"[5m:]".repeat(5_000)}`, "too long a chain"],
  ["one long name", "x".repeat(100_000), "at most 32768 are read"],
])("10,000 fold nesting of %s is refused kindly", (_, text, message) => {
  const parsed = parsePromql(text);
  expect(!parsed.ok && parsed.problems[0]?.message).toContain(message);
  expect(!parsed.ok && parsed.problems[0]?.hint).toBeDefined();
});

test("what is just within the limits is read and printed", () => {
  const chain = Array.from({ length: 490 }, () => "x").join(" or ");
  const nest = "abs(".repeat(99) + "x" + ")".repeat(99);
  for (const text of [chain, nest]) {
    const parsed = parsePromql(text);
    expect(parsed.ok && printPromql(parsed.expr)).toBe(text);
  }
});
