import type {
  AggregateOp,
  ArithmeticOp,
  At,
  BinaryOp,
  ComparisonOp,
  Expr,
  Grouping,
  Matching,
  SetOp,
} from "../../src/signals/promql/syntax/expr.ts";
import type { Matcher } from "../../src/signals/series.ts";
import { type Random, beginMs, spanMs } from "./promql-random.ts";

// Expressions of every kind of the subset whose types are right. They lean towards what means something: sides of an operator are
// often grouped alike, rates are of counters, quantiles of buckets.

const place = { from: 0, to: 0 };
const labelsOf = {
  http_requests_total: ["service", "revision", "status"],
  http_request_duration_seconds_bucket: ["service", "revision", "le"],
  queue_depth: ["queue", "state"],
  db_pool_in_use: ["service"],
  db_pool_max: ["service"],
  up: ["service", "instance"],
  backup_last_success_timestamp_seconds: ["resource"],
  probe_ssl_earliest_cert_expiry: ["host"],
} as const;
type Name = keyof typeof labelsOf;
const names = Object.keys(labelsOf) as Name[];
const valuesOf: Readonly<Record<string, readonly string[]>> = {
  service: ["api", "web", "worker", "none"],
  revision: ["r1", "r2"],
  status: ["2xx", "4xx", "503"],
  le: ["0.1", "1", "+Inf"],
  queue: ["mail", "billing", "export"],
  state: ["ready", "taken"],
  instance: ["api-1", "web-1"],
  resource: ["db"],
  host: ["a.example", "b.example"],
};
const patterns = [".*", ".+", "a.*", "api|web", "[45].+", "r[0-9]", "", "(?i:API)", "m\\w+", "\\d{3}", "0\\..|1"];
const arithmetic: readonly ArithmeticOp[] = ["+", "-", "*", "/", "%", "^", "atan2"];
const comparisons: readonly ComparisonOp[] = ["==", "!=", ">", "<", ">=", "<="];
const setOps: readonly SetOp[] = ["and", "or", "unless"];
const simple: readonly AggregateOp[] = ["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"];
const mathematical = [
  "abs",
  "ceil",
  "floor",
  "exp",
  "sqrt",
  "ln",
  "log2",
  "log10",
  "sgn",
  "deg",
  "rad",
  "sin",
  "cos",
  "atan",
  "tanh",
  "asinh",
];
const overRanges = (
  "rate rate irate increase increase delta idelta deriv resets changes avg_over_time min_over_time max_over_time sum_over_time " +
  "count_over_time last_over_time stddev_over_time stdvar_over_time present_over_time absent_over_time"
).split(" ");
const ofCalendar = ["year", "month", "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute"];
const spans = [60_000, 120_000, 300_000, 300_000, 421_000, 900_000, 3_600_000];

export function randomExpression(random: Random, depth = 3): Expr {
  return random.chance(0.06) ? scalar(random, depth) : vector(random, depth);
}

const call = (name: string, ...args: Expr[]): Expr => ({ kind: "call", name, args, nameAt: place, ...place });
const number = (value: number): Expr => ({ kind: "number", value, ...place });
const string = (value: string): Expr => ({ kind: "string", value, ...place });

function scalar(random: Random, depth: number): Expr {
  const literal = () => number(random.of([0, 1, 2, 0.5, 10, -1, 100, 3.25, 1e-3, random.below(1_000), Infinity, Number.NaN]));
  if (depth <= 0 || random.chance(0.5)) return literal();
  const kind = random.below(5);
  if (kind === 0) return call("time");
  if (kind === 1) return call("pi");
  if (kind === 2) return call("scalar", vector(random, depth - 1));
  const bool = kind === 3;
  const op: BinaryOp = random.of<BinaryOp>(bool ? comparisons : arithmetic);
  return { kind: "binary", op, bool, left: scalar(random, depth - 1), right: scalar(random, depth - 1), opAt: place, ...place };
}

function selector(random: Random, name: Name = random.of(names)): Extract<Expr, { kind: "selector" }> {
  const matchers: Matcher[] = [];
  for (const label of labelsOf[name]) {
    if (!random.chance(0.25)) continue;
    const op = random.of(["=", "!=", "=~", "!~"] as const);
    matchers.push({ name: label, op, value: random.of(op === "=" || op === "!=" ? (valuesOf[label] ?? ["x"]) : patterns) });
  }
  const shift = shifts(random);
  if (random.chance(0.04)) {
    const value = random.of(["queue_depth|up", "db_pool_.*", "http_requests_total"]);
    return { kind: "selector", matchers: [{ name: "__name__", op: "=~", value }, ...matchers], ...shift, ...place };
  }
  return { kind: "selector", name, matchers, ...shift, ...place };
}

function shifts(random: Random): { readonly offsetMs: number; readonly at?: At } {
  const offsetMs = random.chance(0.1) ? random.of([60_000, 300_000, 1_800_000, -60_000, 7_000]) : 0;
  if (!random.chance(0.05)) return { offsetMs };
  const at: At = random.chance(0.3)
    ? { kind: random.of(["start", "end"] as const) }
    : { kind: "time", atMs: beginMs + random.below(spanMs / 1_000) * 1_000 + 321 };
  return { offsetMs, at };
}

function range(random: Random, depth: number, name?: Name): Expr {
  if (depth > 1 && random.chance(0.2)) {
    const of = vector(random, depth - 2);
    const stepMs = random.chance(0.25) ? undefined : random.of([15_000, 60_000, 97_000]);
    return {
      kind: "subquery",
      of,
      rangeMs: random.of(spans),
      ...(stepMs !== undefined && { stepMs }),
      ...shifts(random),
      ...place,
    };
  }
  return { kind: "range", of: selector(random, name), rangeMs: random.of(spans), ...place };
}

function grouping(random: Random): Grouping | undefined {
  if (random.chance(0.25)) return undefined;
  const all = ["service", "revision", "status", "le", "queue", "state"];
  const labels = all.filter(() => random.chance(0.3));
  return { without: random.chance(0.3), labels };
}

function aggregate(random: Random, depth: number): Expr {
  const by = grouping(random);
  const of = vector(random, depth - 1);
  const base = { kind: "aggregate" as const, of, ...(by && { grouping: by }), ...place };
  const kind = random.below(12);
  if (kind === 0)
    return {
      ...base,
      op: "quantile",
      parameter: random.chance(0.9) ? number(random.of([0, 0.5, 0.9, 0.99, 1, -1, 2])) : scalar(random, 1),
    };
  if (kind === 1) return { ...base, op: random.of(["topk", "bottomk"] as const), parameter: number(random.of([1, 2, 3, 5, 0])) };
  if (kind === 2) return { ...base, op: "count_values", parameter: string(random.of(["value", "service"])) };
  return { ...base, op: random.of(simple) };
}

/** Two vectors that have a chance to match. */
function pair(random: Random, depth: number): Expr {
  const bool = random.chance(0.15);
  const op: BinaryOp = random.of<BinaryOp>(
    bool ? comparisons : random.chance(0.25) ? setOps : random.chance(0.35) ? comparisons : arithmetic,
  );
  const isSet = setOps.some((one) => one === op);
  let [left, right] = [vector(random, depth - 1), vector(random, depth - 1)];
  let matching: Matching | undefined;
  const shape = random.below(5);
  if (shape === 0) {
    const labels = random.of([["service"], ["queue"], ["service", "revision"]]);
    const over = (of: Expr): Expr => ({
      kind: "aggregate",
      op: random.of(simple),
      of,
      grouping: { without: false, labels },
      ...place,
    });
    [left, right] = [over(left), over(right)];
  } else if (shape === 1) {
    const name = random.of(names);
    [left, right] = [selector(random, name), selector(random, name)];
  } else if (shape === 2 && !isSet) {
    const name = random.of(["http_requests_total", "http_request_duration_seconds_bucket"] as const);
    const labels = random.of([["service"], ["service", "revision"]]);
    const one: Expr = {
      kind: "aggregate",
      op: "sum",
      of: selector(random, name),
      grouping: { without: false, labels },
      ...place,
    };
    const many = random.of(["left", "right"] as const);
    [left, right] = many === "left" ? [selector(random, name), one] : [one, selector(random, name)];
    matching = { on: true, labels, many, include: random.chance(0.3) ? ["instance"] : [] };
  }
  if (matching === undefined && random.chance(0.4))
    matching = {
      on: random.chance(0.6),
      labels: random.of([["service"], ["service", "revision"], ["status"], ["queue"], ["le"], []]),
      include: [],
    };
  // What Prometheus' printer and ours leave out: `ignoring ()` alone says nothing.
  if (matching && !matching.on && matching.labels.length === 0 && matching.many === undefined) matching = undefined;
  return { kind: "binary", op, bool, left, right, ...(matching && { matching }), opAt: place, ...place };
}

function withScalar(random: Random, depth: number): Expr {
  const bool = random.chance(0.2);
  const op: BinaryOp = random.of<BinaryOp>(bool || random.chance(0.5) ? comparisons : arithmetic);
  const sides = [vector(random, depth - 1), scalar(random, depth - 1)] as const;
  const [left, right] = random.chance(0.8) ? sides : [sides[1], sides[0]];
  return { kind: "binary", op, bool, left, right, opAt: place, ...place };
}

function relabelled(random: Random, depth: number): Expr {
  const of = vector(random, depth - 1);
  const label = random.of(["service", "fresh", "queue", "status"]);
  if (random.chance(0.3))
    return call("label_join", of, string(label), string(random.of(["-", "", "/"])), string("service"), string("revision"));
  const pattern = random.of(["(.*)", "(.+)i", "(a)(p)i", "(?P<name>w.*)", "x", ""]);
  const replacement = random.of(["$1", "${1}-x", "$name", "$1x", "fixed", "", "$$", "$2$1"]);
  return call(
    "label_replace",
    of,
    string(label),
    string(replacement),
    string(random.of(["service", "state", "nothing"])),
    string(pattern),
  );
}

function quantile(random: Random): Expr {
  const buckets: Expr = call(random.of(["rate", "increase"]), range(random, 0, "http_request_duration_seconds_bucket"));
  const by = random.of([["le"], ["le", "service"], ["le", "service", "revision"]]);
  const of: Expr = random.chance(0.7)
    ? { kind: "aggregate", op: "sum", of: buckets, grouping: { without: false, labels: by }, ...place }
    : buckets;
  return call("histogram_quantile", number(random.of([0, 0.5, 0.9, 0.99, 1, 1.2, -0.1, Number.NaN])), of);
}

function vector(random: Random, depth: number): Expr {
  if (depth <= 0) return random.chance(0.7) ? selector(random) : call(random.of(overRanges), range(random, 0));
  const kind = random.below(22);
  const inner = () => vector(random, depth - 1);
  if (kind <= 1) return selector(random);
  if (kind <= 4) return call(random.of(overRanges), range(random, depth));
  if (kind <= 8) return aggregate(random, depth);
  if (kind <= 11) return pair(random, depth);
  if (kind <= 13) return withScalar(random, depth);
  if (kind === 14) return quantile(random);
  if (kind === 15) return relabelled(random, depth);
  if (kind === 16) return call(random.of(mathematical), inner());
  if (kind === 17)
    return random.chance(0.5)
      ? call("quantile_over_time", number(random.of([0, 0.5, 0.95, 1, 2])), range(random, depth))
      : call("predict_linear", range(random, depth), number(random.of([60, 3_600, 86_400])));
  if (kind === 18) {
    const bounds = [number(random.of([-1, 0, 5])), number(random.of([1, 100, -5]))] as const;
    return random.of([
      call("clamp", inner(), ...bounds),
      call("clamp_min", inner(), bounds[0]),
      call("clamp_max", inner(), bounds[1]),
      call("round", inner(), ...(random.chance(0.5) ? [number(random.of([0.1, 1, 5, 100]))] : [])),
    ]);
  }
  if (kind === 19)
    return random.of([call("absent", inner()), call("sort", inner()), call("sort_desc", inner()), call("timestamp", inner())]);
  if (kind === 20) {
    const calendar = random.of(ofCalendar);
    if (random.chance(0.4)) return call(calendar);
    return call(
      calendar,
      selector(random, random.of(["backup_last_success_timestamp_seconds", "probe_ssl_earliest_cert_expiry"] as const)),
    );
  }
  return random.chance(0.5) ? call("vector", scalar(random, depth - 1)) : { kind: "unary", op: "-", of: inner(), ...place };
}
