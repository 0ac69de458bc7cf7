import { describe, expect, test } from "vitest";
import { EvaluationError } from "../../src/signals/promql/evaluate/evaluation-error.ts";
import { createEvaluator, evaluateAt, evaluateRange } from "../../src/signals/promql/evaluator.ts";
import type { Source } from "../../src/signals/series.ts";
import { ask, load, parsed } from "./promql-samples.ts";

// What Prometheus' documentation says, with numbers worked out by hand. promql-prometheus.test.ts compares with a real one.

type Row = readonly [text: string, at: string, ...expected: string[]];
const rows = (source: Source, table: readonly Row[]) => {
  test.each(table)("%s at %s", (text, at, ...expected) => {
    expect(ask(source, text, at)).toEqual(expected);
  });
};

describe("a selector", () => {
  const source = load("1m", {
    'x{a="1"}': "0+1x10",
    'x{a="2"}': "0+2x4 stale _x5 7",
    'y{a="1",b="q"}': "5 _x20 6",
    'z{a=""}': "NaN",
  });
  rows(source, [
    ["x", "3m", 'x{a="1"} 3', 'x{a="2"} 6'],
    ["x", "3m30s", 'x{a="1"} 3', 'x{a="2"} 6'],
    ['x{a!="1"}', "3m", 'x{a="2"} 6'],
    ['{a=~"1|3",b="q"}', "0s", 'y{a="1",b="q"} 5'],
    ['x{b=""}', "0s", 'x{a="1"} 0', 'x{a="2"} 0'],
    ['x{a!~"1|2"}', "0s"],
    // A mark of the end takes the series away at once …
    ["x", "5m", 'x{a="1"} 5'],
    // … and without one it is there until the lookback has passed: in Prometheus 3 its first millisecond is out.
    ["y", "4m59s999ms", 'y{a="1",b="q"} 5'],
    ["y", "5m"],
    ["x", "11m", 'x{a="1"} 10', 'x{a="2"} 7'],
    // An ordinary NaN is a value, an empty label is none.
    ["z", "1m", "z{} NaN"],
    ["x offset 2m", "3m", 'x{a="1"} 1', 'x{a="2"} 2'],
    ["x offset -1m", "2m", 'x{a="1"} 3', 'x{a="2"} 6'],
    ["x @ 60", "9m", 'x{a="1"} 1', 'x{a="2"} 2'],
    ["x @ 180 offset 1m", "9m", 'x{a="1"} 2', 'x{a="2"} 4'],
    ["x @ end() - x @ start()", "3m", '{a="1"} 0', '{a="2"} 0'],
    ['x{a="2"}[3m]', "5m30s", 'x{a="2"} 6@180 8@240'],
    ["sum(x)[2m:1m]", "4m", "{} 9@180 12@240"],
  ]);

  test("in Prometheus 2 a window has its first millisecond too", () => {
    expect(ask(source, "y", "5m", { prometheus: 2 })).toEqual(['y{a="1",b="q"} 5']);
    expect(ask(source, 'count_over_time(x{a="1"}[2m])', "3m", { prometheus: 2 })).toEqual(['{a="1"} 3']);
    expect(ask(source, 'count_over_time(x{a="1"}[2m])', "3m")).toEqual(['{a="1"} 2']);
  });

  test("the lookback is an option", () => {
    expect(ask(source, "y", "1m", { lookbackMs: 60_000 })).toEqual([]);
    expect(ask(source, "y", "59s", { lookbackMs: 60_000 })).toEqual(['y{a="1",b="q"} 5']);
  });
});

describe("rates", () => {
  const source = load("10s", {
    'c{k="even"}': "0+10x60",
    'c{k="reset"}': "0+10x30 0+10x29",
    'c{k="late"}': "_x55 100+10x5",
    'c{k="once"}': "_x58 5",
    "down{}": "100-1x60",
  });
  rows(source, [
    // Off the grid 5 samples, 40 s between first and last; extrapolated to both ends of 50 s: 10 each 10 s.
    ['rate(c{k="even"}[50s])', "5m5s", '{k="even"} 1'],
    ['increase(c{k="even"}[50s])', "5m5s", '{k="even"} 50'],
    // 300 before the reset and 280 since, over 590 s; 5 s more to the window's end, and none before the zero at its first sample.
    ['increase(c{k="reset"}[10m])', "9m55s", '{k="reset"} 584.915254'],
    ['resets(c{k="reset"}[10m])', "9m55s", '{k="reset"} 1'],
    // It began inside the window: half an interval is added before its first sample, what is left of the window behind its last.
    ['increase(c{k="late"}[5m])', "10m5s", '{k="late"} 60'],
    ['rate(c{k="once"}[5m])', "10m"],
    ['irate(c{k="even"}[1m])', "5m5s", '{k="even"} 1'],
    ['irate(c{k="reset"}[20s])', "5m15s", '{k="reset"} 0'],
    ["delta(down[50s])", "5m5s", "{} -5"],
    ["idelta(down[50s])", "5m5s", "{} -1"],
    ["deriv(down[1m])", "5m5s", "{} -0.1"],
    ["predict_linear(down[1m], 60)", "5m", "{} 64"],
    ["changes(down[1m])", "5m5s", "{} 5"],
    ['changes(c{k="once"}[1m])', "10m", '{k="once"} 0'],
    ['rate(c{k="even"}[50s] offset 1m)', "6m5s", '{k="even"} 1'],
  ]);

  test("a counter is not extrapolated below zero", () => {
    // 2 then 12 over 10 s: zero was 2 s before the first sample, not the 9 s to the window's start.
    expect(ask(load("10s", { c: "_ 2 12" }), "increase(c[20s])", "21s")).toEqual(["{} 13"]);
  });

  test("Prometheus 2 and 3 differ where a young counter begins far inside its window", () => {
    // First at 60 s with 4, then 14: zero was 4 s before; half an interval is 5 s, the threshold 11 s.
    const young = load("10s", { c: "_x6 8 18" });
    expect(ask(young, "increase(c[1m])", "1m15s", { prometheus: 2 })).toEqual(["{} 23"]);
    expect(ask(young, "increase(c[1m])", "1m15s", { prometheus: 3 })).toEqual(["{} 20"]);
  });
});

describe("over time", () => {
  const source = load("10s", { g: "1 3 2 NaN 4", h: "1 1 1 5 -Inf", s: "1 2 stale 3" });
  rows(source, [
    ["sum_over_time(g[30s])", "25s", "{} 6"],
    ["avg_over_time(g[30s])", "25s", "{} 2"],
    ["min_over_time(g[1m])", "45s", "{} 1"],
    ["max_over_time(g[1m])", "45s", "{} 4"],
    ["avg_over_time(g[1m])", "45s", "{} NaN"],
    ["count_over_time(s[1m])", "45s", "{} 3"],
    ["last_over_time(s[1m])", "45s", "s{} 3"],
    ["present_over_time(s[1m])", "45s", "{} 1"],
    ["stddev_over_time(g[30s])", "25s", "{} 0.816496581"],
    ["stdvar_over_time(g[30s])", "25s", "{} 0.666666667"],
    ["quantile_over_time(0.5, g[30s])", "25s", "{} 2"],
    ["quantile_over_time(0.25, g[30s])", "25s", "{} 1.5"],
    ["quantile_over_time(2, g[30s])", "25s", "{} Infinity"],
    ["sum_over_time(h[1m])", "45s", "{} -Infinity"],
    ["avg_over_time(h[1m])", "45s", "{} -Infinity"],
    ["max_over_time(sum(g)[30s:10s])", "25s", "{} 3"],
    ["sum_over_time(g[1m])", "10m"],
    ["absent_over_time(g[1m])", "10m", "{} 1"],
    ['absent_over_time(nothing{a="b",c=~"d",e="1",e="2"}[1m])', "0s", '{a="b"} 1'],
    ["absent_over_time(g[1m])", "30s"],
  ]);
});

describe("aggregations", () => {
  const source = load("1m", {
    'x{s="a",i="1"}': "1",
    'x{s="a",i="2"}': "3",
    'x{s="b",i="1"}': "10",
    'x{s="b",i="2"}': "NaN",
    "x{}": "7",
  });
  rows(source, [
    ['sum(x{i!=""})', "0s", "{} NaN"],
    ['sum by (s) (x{s="a"})', "0s", '{s="a"} 4'],
    ["sum by (none) (x{s='a'})", "0s", "{} 4"],
    ["sum by () (x{s='a'})", "0s", "{} 4"],
    ["sum without (i) (x{s='a'})", "0s", '{s="a"} 4'],
    ["count by (s) (x)", "0s", '{s="a"} 2', '{s="b"} 2', "{} 1"],
    ["avg by (s) (x)", "0s", '{s="a"} 2', '{s="b"} NaN', "{} 7"],
    ["min by (s) (x)", "0s", '{s="a"} 1', '{s="b"} 10', "{} 7"],
    ["max by (s) (x)", "0s", '{s="a"} 3', '{s="b"} 10', "{} 7"],
    ["group(x)", "0s", "{} 1"],
    ["stddev(x{s='a'})", "0s", "{} 1"],
    ["stdvar(x{s='a'})", "0s", "{} 1"],
    ["quantile(0.5, x{s='a'})", "0s", "{} 2"],
    ["quantile(-1, x{s='a'})", "0s", "{} -Infinity"],
    ["topk(2, x)", "0s", 'x{i="1",s="b"} 10', "x{} 7"],
    ["topk(5, x{s='b'})", "0s", 'x{i="1",s="b"} 10', 'x{i="2",s="b"} NaN'],
    ["bottomk by (s) (1, x)", "0s", 'x{i="1",s="a"} 1', 'x{i="1",s="b"} 10', "x{} 7"],
    ["topk(0, x)", "0s"],
    ["topk(scalar(count(x{s='a'})), x{i='1'})", "0s", 'x{i="1",s="b"} 10', 'x{i="1",s="a"} 1'],
    ['count_values("v", x)', "0s", '{v="1"} 1', '{v="3"} 1', '{v="10"} 1', '{v="NaN"} 1', '{v="7"} 1'],
    [
      'count_values("v", x * 1e21)',
      "0s",
      '{v="1000000000000000000000"} 1',
      '{v="3000000000000000000000"} 1',
      '{v="10000000000000000000000"} 1',
      '{v="NaN"} 1',
      '{v="7000000000000000000000"} 1',
    ],
    ['count_values by (s) ("v", x{s="a"} > 1)', "0s", '{s="a",v="3"} 1'],
    ["sum(nothing)", "0s"],
    ["sum by (__name__) (x{s='a'})", "0s", "x{} 4"],
  ]);
});

describe("operators", () => {
  const source = load("1m", {
    'a{s="1"}': "10",
    'a{s="2"}': "20",
    'b{s="1"}': "3",
    'b{s="3"}': "5",
    'many{s="1",i="x"}': "1",
    'many{s="1",i="y"}': "2",
    'one{s="1",o="k"}': "100",
  });
  rows(source, [
    ["a + 1", "0s", '{s="1"} 11', '{s="2"} 21'],
    ["100 - a", "0s", '{s="1"} 90', '{s="2"} 80'],
    ["a > 15", "0s", 'a{s="2"} 20'],
    ["15 < a", "0s", 'a{s="2"} 20'],
    ["a > bool 15", "0s", '{s="1"} 0', '{s="2"} 1'],
    ["-a", "0s", '{s="1"} -10', '{s="2"} -20'],
    ["+a", "0s", 'a{s="1"} 10', 'a{s="2"} 20'],
    ["a + b", "0s", '{s="1"} 13'],
    ["a > b", "0s", 'a{s="1"} 10'],
    ["a < bool b", "0s", '{s="1"} 0'],
    ["a / on (s) b", "0s", '{s="1"} 3.33333333'],
    ["many * ignoring (i) group_left a", "0s", '{i="x",s="1"} 10', '{i="y",s="1"} 20'],
    ["one * on (s) group_right (o) many", "0s", '{i="x",o="k",s="1"} 100', '{i="y",o="k",s="1"} 200'],
    ["many + on (s) group_left (o) one", "0s", '{i="x",o="k",s="1"} 101', '{i="y",o="k",s="1"} 102'],
    ["one > on (s) group_right many", "0s", 'many{i="x",s="1"} 100', 'many{i="y",s="1"} 100'],
    ["a and b", "0s", 'a{s="1"} 10'],
    ["a or b", "0s", 'a{s="1"} 10', 'a{s="2"} 20', 'b{s="3"} 5'],
    ["a unless b", "0s", 'a{s="2"} 20'],
    ["a and on () one", "0s", 'a{s="1"} 10', 'a{s="2"} 20'],
    ["a unless ignoring (s) b", "0s"],
    ["2 ^ 3 ^ 2", "0s", "512"],
    ["-2 ^ 2", "0s", "-4"],
    ["7 % -4", "0s", "3"],
    ["1 / 0", "0s", "Infinity"],
    ["1 == bool 1", "0s", "1"],
    ["1 ^ NaN", "0s", "1"],
    ["1 atan2 1", "0s", "0.785398163"],
    ['"text"', "0s", "text"],
  ]);

  test("atan2 keeps the name in Prometheus 2 and loses it in 3", () => {
    expect(ask(source, 'a{s="1"} atan2 0', "0s", { prometheus: 2 })).toEqual(['a{s="1"} 1.57079633']);
    expect(ask(source, 'a{s="1"} atan2 0', "0s")).toEqual(['{s="1"} 1.57079633']);
  });

  test.each([
    ["a + on (s) many", "many", 'found duplicate series for the match group {s="1"} on the right hand-side of the operation'],
    ["a + on (s) many", "many", "many-to-many matching not allowed: matching labels must be unique on one side"],
    [
      "many + on (s) a",
      "many + on (s) a",
      "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)",
    ],
    [
      "label_replace(many, 'i', '', '', '') + on (s) group_left a",
      "label_replace(many, 'i', '', '', '')",
      "vector cannot contain metrics with the same labelset",
    ],
    ['-{__name__=~"a|b"}', '-{__name__=~"a|b"}', "vector cannot contain metrics with the same labelset"],
    ["topk(NaN, a)", "NaN", "Scalar value NaN overflows int64"],
  ])("%s fails where %s stands", (text, at, message) => {
    const error = failure(() => ask(source, text, "0s"));
    expect(error.message).toContain(message);
    expect(text.slice(error.from, error.to)).toBe(at);
    expect(error.code).toBe("not-evaluated");
  });
});

describe("functions", () => {
  const source = load("1m", {
    'x{a="1"}': "-2.5",
    'x{a="2"}': "4",
    'x{a="3"}': "NaN",
    'l{src="web-7",other="o"}': "1",
    "t{}": "1709210096",
  });
  rows(source, [
    ['abs(x{a="1"})', "0s", '{a="1"} 2.5'],
    ['ceil(x{a="1"})', "0s", '{a="1"} -2'],
    ['round(x{a="1"})', "0s", '{a="1"} -2'],
    ['round(x{a="2"}, 3)', "0s", '{a="2"} 3'],
    ['clamp(x{a!="3"}, 0, 3)', "0s", '{a="1"} 0', '{a="2"} 3'],
    ["clamp(x, 3, 0)", "0s"],
    ['clamp_min(x{a!="3"}, 0)', "0s", '{a="1"} 0', '{a="2"} 4'],
    ['clamp_max(x{a!="3"}, 0)', "0s", '{a="1"} -2.5', '{a="2"} 0'],
    ["sgn(x)", "0s", '{a="1"} -1', '{a="2"} 1', '{a="3"} NaN'],
    ['sqrt(x{a="2"})', "0s", '{a="2"} 2'],
    ["sort(x)", "0s", 'x{a="1"} -2.5', 'x{a="2"} 4', 'x{a="3"} NaN'],
    ["sort_desc(x)", "0s", 'x{a="2"} 4', 'x{a="1"} -2.5', 'x{a="3"} NaN'],
    ["time()", "90s", "90"],
    ["timestamp(x{a='1'})", "90s", '{a="1"} 0'],
    ["timestamp(-x{a='1'})", "90s", '{a="1"} 90'],
    ["vector(2) + 1", "0s", "{} 3"],
    ['scalar(x{a="2"})', "0s", "4"],
    ["scalar(x)", "0s", "NaN"],
    ["absent(x)", "0s"],
    ['absent(nothing{job="a",i=~"b"})', "0s", '{job="a"} 1'],
    ["absent(sum(nothing))", "0s", "{} 1"],
    // 2024-02-29 12:34:56 UTC, a Thursday.
    ["year(t)", "0s", "{} 2024"],
    ["month(t)", "0s", "{} 2"],
    ["day_of_month(t)", "0s", "{} 29"],
    ["day_of_week(t)", "0s", "{} 4"],
    ["day_of_year(t)", "0s", "{} 60"],
    ["days_in_month(t)", "0s", "{} 29"],
    ["hour(t)", "0s", "{} 12"],
    ["minute(t)", "0s", "{} 34"],
    ["minute()", "90s", "{} 1"],
    ["year(vector(Inf))", "0s", "{} NaN"],
    ['label_replace(l, "dst", "$1/${n}", "src", "(\\\\w+)-(?P<n>.*)")', "0s", 'l{dst="web/7",other="o",src="web-7"} 1'],
    ['label_replace(l, "dst", "$1", "src", "(\\\\d+)")', "0s", 'l{other="o",src="web-7"} 1'],
    ['label_replace(l, "other", "", "src", ".*")', "0s", 'l{src="web-7"} 1'],
    ['label_join(l, "dst", ":", "src", "none", "other")', "0s", 'l{dst="web-7::o",other="o",src="web-7"} 1'],
  ]);
});

describe("histogram_quantile", () => {
  const source = load("1m", {
    'h_bucket{le="1"}': "10",
    'h_bucket{le="2"}': "30",
    'h_bucket{le="+Inf"}': "40",
    'open_bucket{le="1"}': "10",
    'empty_bucket{le="1"}': "0",
    'empty_bucket{le="+Inf"}': "0",
    'falls_bucket{le="1"}': "10",
    'falls_bucket{le="2"}': "8",
    'falls_bucket{le="+Inf"}': "20",
    'twice_bucket{le="1"}': "1",
    'twice_bucket{le="1.0"}': "1",
    'twice_bucket{le="+Inf"}': "4",
    'junk_bucket{le="much"}': "4",
  });
  rows(source, [
    ["histogram_quantile(0.5, h_bucket)", "0s", "{} 1.5"],
    ["histogram_quantile(0.125, h_bucket)", "0s", "{} 0.5"],
    ["histogram_quantile(0.99, h_bucket)", "0s", "{} 2"],
    ["histogram_quantile(-1, h_bucket)", "0s", "{} -Infinity"],
    ["histogram_quantile(2, h_bucket)", "0s", "{} Infinity"],
    ["histogram_quantile(0.5, open_bucket)", "0s", "{} NaN"],
    ["histogram_quantile(0.5, empty_bucket)", "0s", "{} NaN"],
    ["histogram_quantile(0.5, falls_bucket)", "0s", "{} 1"],
    ["histogram_quantile(0.25, twice_bucket)", "0s", "{} 0.5"],
    ["histogram_quantile(0.5, junk_bucket)", "0s"],
  ]);
});

describe("a range of moments", () => {
  const source = load("30s", { 'c{k="a"}': "0+30x20", 'c{k="b"}': "_x10 5x3 stale" });
  const times = { startMs: 0, endMs: 600_000, stepMs: 120_000 };

  test("has each series with the moments at which it was", () => {
    expect(evaluateRange(parsed("c"), source, times)).toEqual([
      {
        labels: { __name__: "c", k: "a" },
        times: [0, 120_000, 240_000, 360_000, 480_000, 600_000],
        values: [0, 120, 240, 360, 480, 600],
      },
      { labels: { __name__: "c", k: "b" }, times: [360_000], values: [5] },
    ]);
  });

  test("gives at each moment what the moment alone gives", () => {
    for (const text of [
      "sum(rate(c[2m]))",
      "max_over_time(sum(c)[3m:45s])",
      "c @ 90 + 1",
      "sum_over_time(c[1m] offset 1m)",
      "time()",
      "absent(c)",
    ]) {
      const expr = parsed(text);
      const matrix = evaluateRange(expr, source, times);
      for (let atMs = times.startMs; atMs <= times.endMs; atMs += times.stepMs) {
        const value = evaluateAt(expr, source, atMs);
        const alone =
          value.kind === "vector" ? value.vector : value.kind === "scalar" ? [{ labels: {}, value: value.value }] : [];
        const here = matrix.flatMap(({ labels, times: moments, values }) => {
          const index = moments.indexOf(atMs);
          return index < 0 ? [] : [{ labels, value: values[index] }];
        });
        expect(here).toEqual(alone);
      }
    }
  });

  test("@ start() and end() are those of the range", () => {
    const [one] = evaluateRange(parsed('c{k="a"} @ start() + c{k="a"} @ end()'), source, times);
    expect(new Set(one?.values)).toEqual(new Set([600]));
  });

  test("is refused where it has no meaning or no end", () => {
    expect(() => evaluateRange(parsed("c[5m]"), source, times)).toThrow("must be Scalar or instant Vector");
    expect(() => evaluateRange(parsed("c"), source, { ...times, stepMs: 1 })).toThrow(
      "exceeded maximum resolution of 11000 points",
    );
    expect(() => evaluateRange(parsed("c"), source, { ...times, stepMs: 0 })).toThrow("zero or negative query resolution");
    expect(() => evaluateRange(parsed("c"), source, { ...times, endMs: -1 })).toThrow("the end is before the start");
  });
});

describe("a round", () => {
  /** Counts how often it is asked. */
  const counting = (source: Source) => {
    const asked: string[] = [];
    const counted: Source = {
      select(matchers, fromMs, toMs) {
        asked.push(`${matchers.map(({ name, op, value }) => name + op + value).join()} ${fromMs / 1_000}..${toMs / 1_000}`);
        return source.select(matchers, fromMs, toMs);
      },
    };
    return { counted, asked };
  };

  test("selects what its expressions have in common once, over the widest window", () => {
    const { counted, asked } = counting(load("1m", { 'c{s="a"}': "0+60x60" }));
    const expressions = ["rate(c[5m]) > 0", "sum(increase(c[15m])) > 1", "c", "sum(rate(c[5m])) / count(rate(c[5m]))"].map(
      parsed,
    );
    const round = createEvaluator(counted).round(3_600_000, expressions);
    expect(expressions.map((expr) => round.evaluate(expr).kind)).toEqual(["vector", "vector", "vector", "vector"]);
    expect(asked).toEqual(["__name__=c 2700..3600"]);
  });

  test("does not load what lies between windows that are far apart", () => {
    const { counted, asked } = counting(load("1m", { c: "0+60x60" }));
    const expr = parsed("c - c offset 30m");
    createEvaluator(counted).round(3_600_000, [expr]).evaluate(expr);
    expect(asked).toEqual(["__name__=c 3300..3600", "__name__=c 1500..1800"]);
  });

  test("gives the same as each expression alone, also for those that were not said before", () => {
    const source = load("15s", { 'c{s="a"}': "0+7x300", 'c{s="b"}': "0+3x100 0+5x199" });
    const texts = [
      "sum(rate(c[5m]))",
      "rate(c[1h]) / rate(c[5m])",
      "topk(1, c)",
      "max_over_time(rate(c[5m])[30m:1m])",
      "-sum(rate(c[5m]))",
    ];
    const round = createEvaluator(source).round(4_000_000, texts.slice(0, 3).map(parsed));
    for (const text of texts) expect(round.evaluate(parsed(text))).toEqual(evaluateAt(parsed(text), source, 4_000_000));
  });
});

describe("bounds", () => {
  const source = load("1s", { x: "0+1x600" });

  test.each(["sum_over_time(x[10y:1ms])", "x[10m]"])("%s may not take memory and time without end", (text) => {
    const expr = parsed(text);
    const error = failure(() => evaluateAt(expr, source, 600_000, { mostSamples: 500 }));
    expect(error.message).toContain("query processing would load too many samples into memory in query execution");
  });
});

function failure(work: () => unknown): EvaluationError {
  try {
    work();
  } catch (error) {
    if (error instanceof EvaluationError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}
