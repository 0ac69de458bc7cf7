import { describe, expect, test } from "vitest";
import { parsePromql } from "./parse.ts";
import { printPromql } from "./print.ts";

const printed = (text: string) => {
  const parsed = parsePromql(text);
  return parsed.ok ? printPromql(parsed.expr) : parsed.problems;
};
/** The first problem: the part of the text that it names, and its sentence. */
const problem = (text: string, options?: Parameters<typeof parsePromql>[1]) => {
  const parsed = parsePromql(text, options);
  if (parsed.ok) return undefined;
  const [first] = parsed.problems;
  return first && [text.slice(first.from, first.to), first.message, first.hint];
};

describe("what binds to what", () => {
  test.each([
    ["what follows an operand belongs to it alone", "a + b offset 5m * c", "a + b offset 5m * c"],
    ["a range belongs to its selector", "sum(a) + rate(b[5m])", "sum(a) + rate(b[5m])"],
    ["a sign binds less than ^", "-1 ^ 2", "-1 ^ 2"],
    ["a base with a sign needs parentheses", "(-1) ^ 2", "(-1) ^ 2"],
    ["^ binds to the right", "(2 ^ 3) ^ 2 + 2 ^ (3 ^ 2)", "(2 ^ 3) ^ 2 + 2 ^ 3 ^ 2"],
    ["- binds to the left", "(a - b) - (c - d)", "a - b - (c - d)"],
    ["and binds more than or", "(a or (b and c)) unless d", "(a or b and c) unless d"],
    ["comparisons bind less than +", "(a + b) > (c * d)", "a + b > c * d"],
    ["parentheses that say nothing go", "((((a))))", "a"],
  ])("%s", (_, text, expected) => {
    expect(printed(text)).toBe(expected);
  });

  test("the sign of a number in front of ^ is the power's", () => {
    const parsed = parsePromql("-1 ^ 2");
    expect(parsed.ok && parsed.expr.kind).toBe("unary");
  });

  test("an offset after a sum belongs to its right side", () => {
    const parsed = parsePromql("a + b offset 5m");
    expect(parsed.ok && parsed.expr).toMatchObject({ left: { offsetMs: 0 }, right: { offsetMs: 300_000 } });
  });
});

describe("spellings", () => {
  test.each([
    ["1_000 + 0x1f + 010 + .5e1 + 5m", "1000 + 31 + 8 + 5 + 300"],
    ["+Inf - inf * NaN", "Inf - Inf * NaN"],
    ["x[90m] offset -1h30m", "x[1h30m] offset -1h30m"],
    ["x[300]", "x[5m]"],
    ["x[30d]", "x[30d]"],
    ["x @ 1609746000.5 offset 5m", "x @ 1609746000.5 offset 5m"],
    ["x offset 5m @ 1609746000", "x @ 1609746000 offset 5m"],
    ["SUM(x) BY (a)", "sum by (a) (x)"],
    ["sum by (on, bool, offset) (x{by='1', group_left=`2`})", 'sum by (on, bool, offset) (x{by="1",group_left="2"})'],
    ["x{a='it\\'s \\x41\\u00e9\\n'}", 'x{a="it\'s Aé\\n"}'],
    ['{"http.requests", "status.code"=~"5.."}', '{"http.requests","status.code"=~"5.."}'],
    ['sum by ("a.b") (x)', 'sum by ("a.b") (x)'],
    ['{__name__="x"}', '{__name__="x"}'],
    ["sum", "sum"],
    ["a * on (x) group_left b", "a * on (x) group_left () b"],
    ["a # what it is\n+ b", "a + b"],
    ["sum(x)[1h:][5m:30s]", "sum(x)[1h:][5m:30s]"],
  ])("%s", (text, expected) => {
    // The last is a subquery of a subquery, which the grammar takes and the types do not.
    if (text.endsWith("[5m:30s]")) expect(problem(text)?.[1]).toContain("subquery is only allowed on instant vector");
    else expect(printed(text)).toBe(expected);
  });
});

describe("a mistake is named at its place, with what to do", () => {
  test.each([
    ["rate(x)", "x", 'expected type range vector in call to function "rate", got instant vector', "give it a range, as x[5m]"],
    ["sum(x[5m])", "x[5m]", "expected type instant vector in aggregation expression, got range vector", "take the range away"],
    ["ratee(x[5m])", "ratee", 'unknown function "ratee"', 'did you mean "rate"?'],
    ["round(x, 1, 2)", "round(x, 1, 2)", 'expected at most 2 argument(s) in call to "round", got 3', "round("],
    ["topk(x)", "(x)", "wrong number of arguments for aggregate expression provided, expected 2, got 1", "topk("],
    ["1 > 2", ">", "comparisons between scalars must use BOOL modifier", "write > bool"],
    ["a + bool b", "+", "bool modifier can only be used on comparison operators", "leave bool out"],
    ["a and 1", "and", 'set operator "and" not allowed in binary scalar expression', "vector("],
    ["a and on (x) group_left b", "a and on (x) group_left b", 'no grouping allowed for "and" operation', "leave group_left out"],
    ["a + on (x) 1", "a + on (x) 1", "vector matching only allowed between instant vectors", "leave on"],
    [
      "a * on (x) group_left (x) b",
      "a * on (x) group_left (x) b",
      'label "x" must not occur in ON and GROUP clause at once',
      "leave it out",
    ],
    ["{}", "{}", "vector selector must contain at least one non-empty matcher", "name a metric"],
    ['{a=~".*"}', '{a=~".*"}', "vector selector must contain at least one non-empty matcher", "name a metric"],
    ['x{__name__="y"}', 'x{__name__="y"}', 'metric name must not be set twice: "x" or "y"', "leave one out"],
    ['x{a=~"("}', '"("', "error parsing regexp: missing closing )", "RE2"],
    ['x{a=~"(?=b)"}', '"(?=b)"', "error parsing regexp: invalid or unsupported syntax: (?=", "RE2"],
    ["(x)[5m]", "[5m]", "ranges only allowed for vector selectors", "[5m:1m]"],
    ["x offset 5m [5m]", "[5m]", "no offset modifiers allowed before range", "x[5m] offset 1h"],
    ["sum(x) offset 5m", "offset 5m", "offset modifier must be preceded by", "behind the selectors inside"],
    ["x offset 1m offset 2m", "offset 2m", "offset may not be set multiple times", "add the two up"],
    ["x[0s]", "0s", "a span of time must be greater than 0", undefined],
    ["x @ Inf", "Inf", "timestamp out of bounds for @ modifier: Inf", "in seconds"],
    ['x{a="\\q"}', '\\q"', "\\q means nothing in a string", "backticks"],
    ['count_values("a-b", x)', '"a-b"', 'invalid label name "a-b"', "letters"],
    ['label_replace(x, "a", "$1", "b", "(")', '"("', "invalid regular expression in label_replace(): missing closing )", "RE2"],
    ["a +", "", "unexpected end of the expression", "something has to follow"],
    ["on", "on", 'unexpected "on"', '{"on"}'],
    ['a{b="c" d="e"}', "d", 'unexpected "d"', undefined],
    ["2. + 1", ".", 'unexpected "."', "2.0"],
    ["sum by (a (x)", "(", "( is not closed", "close it with )"],
    ["(a]", "]", ") was expected here, not ]", "( is open since column 1"],
    ["a)", ")", "nothing is open that ) could close", "take it away"],
    ['x{a="b', '"b', "this string is not closed", 'end it with "'],
    [" ", " ", "there is no expression", "write one"],
  ])("%s", (text, at, message, hint) => {
    const found = problem(text);
    expect(found?.[0]).toBe(at);
    expect(found?.[1]).toContain(message);
    if (hint === undefined) expect(found?.[2]).toBeUndefined();
    else expect(found?.[2]).toContain(hint);
  });

  test("all mistakes of types are named at once, in their order", () => {
    const parsed = parsePromql("rate(a) + sum(b[5m]) + nothing(c)");
    expect(parsed.ok).toBe(false);
    const both = parsePromql("rate(a) + sum(b[5m])");
    expect(!both.ok && both.problems.map(({ from }) => from)).toEqual([5, 14]);
  });
});

describe("what is outside the subset is refused by its name", () => {
  test.each([
    ["histogram_count(x)", "histogram_count", "native histograms"],
    ["histogram_fraction(0, 1, x)", "histogram_fraction", "native histograms"],
    ["holt_winters(x[5m], 0.5, 0.5)", "holt_winters", "no longer"],
    ["double_exponential_smoothing(x[5m], 0.5, 0.5)", "double_exponential_smoothing", "experimental"],
    ["mad_over_time(x[5m])", "mad_over_time", "experimental"],
    ["sort_by_label(x, 'a')", "sort_by_label", "experimental"],
    ["info(x)", "info", "experimental"],
    ["limitk(2, x)", "limitk", "experimental"],
    ["limit_ratio(0.5, x)", "limit_ratio", "experimental"],
    ["x[5m + 1m]", "5m + 1m", "arithmetic with spans of time"],
    ["rate(x[5m] smoothed)", "smoothed", "the modifier smoothed"],
    ["rate(x[5m] anchored)", "anchored", "the modifier anchored"],
    ["a + fill(0) b", "fill(0)", "fill is not in the subset"],
    ["a </ 2", "</", "the operator </"],
    ["start()", "start", "experimental"],
  ])("%s", (text, at, message) => {
    const found = problem(text);
    expect(found?.[0]).toBe(at);
    expect(found?.[1]).toContain("not in the subset");
    expect(found?.[1]).toContain(message);
  });

  test("@ start() means something in a query, and nothing in a rule", () => {
    expect(problem("x @ start()")).toBeUndefined();
    expect(problem("1 + x @ end()", { for: "rule" })?.[0]).toBe("x @ end()");
    expect(problem("x @ 1609746000", { for: "rule" })).toBeUndefined();
  });
});
