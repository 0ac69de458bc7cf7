import { parsePromql } from "../promql/parse.ts";
import { compileRegexp } from "../promql/regexp/regexp.ts";
import type { AggregateExpr, CallExpr, Expr, SelectorExpr } from "../promql/syntax/expr.ts";
import type { Matcher } from "../series.ts";
import * as parts from "./draw-parts.ts";
import { type Drawing, type Drawn, type NotDrawn, notDrawn } from "./drawn.ts";

// An expression that the spec writes out says itself what it is about, where it is about one series: that, how fast it grows, its mean over a
// while, so many times as much, and a sum or the highest of all of them, which are one here.

type OneSeries = {
  readonly is: "one series";
  readonly of: SelectorExpr;
  readonly as: "level" | "per second" | "in its window";
  readonly rangeMs: number;
  /** The expression's value is so many times what the series says. */
  readonly times: number;
};

const ofOneItself: ReadonlySet<AggregateExpr["op"]> = new Set(["sum", "avg", "max", "min"]);

export function drawExpression({ signal: { expression = "" }, saidMs }: Drawing): Drawn | NotDrawn {
  const parsed = parsePromql(expression, { for: "rule" });
  if (!parsed.ok) return notDrawn("the expression has a mistake");
  const found = oneSeries(parsed.expr);
  if (found.is === "not drawn") return found;
  const { of, as, rangeMs, times } = found;
  const metric = of.name ?? of.matchers.find(({ name, op }) => name === "__name__" && op === "=")?.value;
  if (metric === undefined) return notDrawn("the expression names no metric");
  const labels: Record<string, string> = {};
  for (const matcher of of.matchers) {
    if (matcher.name === "__name__") continue;
    const value = labels[matcher.name] ?? valueFor(matcher, of.matchers);
    if (value === undefined) return notDrawn(`which ${matcher.name} it is about is not plain to see`);
    if (value !== "") labels[matcher.name] = value;
  }
  const drawn =
    as === "level"
      ? parts.gauge(metric, labels)
      : as === "per second"
        ? parts.perSecond(metric, labels)
        : parts.inWindow(metric, labels, rangeMs);
  return {
    is: "drawn",
    // What is said to be taken over a while is the mean of the expression.
    ...(saidMs > 0 ? { windowMs: saidMs, lagMs: rangeMs } : { windowMs: rangeMs }),
    values: "any",
    series: (levels, pace) =>
      drawn(
        levels.map((level) => level / times),
        pace,
      ),
  };
}

function oneSeries(expr: Expr, times = 1): OneSeries | NotDrawn {
  switch (expr.kind) {
    case "selector":
      return shifted(expr) ?? { is: "one series", of: expr, as: "level", rangeMs: 0, times };
    case "aggregate":
      return ofOneItself.has(expr.op) ? oneSeries(expr.of, times) : notDrawn(`of one series ${expr.op} says nothing`);
    case "unary":
      return oneSeries(expr.of, expr.op === "-" ? -times : times);
    case "call":
      return called(expr, times);
    case "binary": {
      const { op, left, right } = expr;
      if (op === "*" && right.kind === "number" && right.value !== 0) return oneSeries(left, times * right.value);
      if (op === "*" && left.kind === "number" && left.value !== 0) return oneSeries(right, times * left.value);
      if (op === "/" && right.kind === "number" && right.value !== 0) return oneSeries(left, times / right.value);
      return notDrawn(
        left.kind === "number" || right.kind === "number"
          ? `what ${op} makes of it is no plain multiple: compare a selector, or a rate of one, with above, below …`
          : `it is made of several series by ${op}, and only whoever wrote it knows how they belong together`,
      );
    }
    default:
      return notDrawn("it is about no series");
  }
}

const ranges: Readonly<Record<string, OneSeries["as"]>> = {
  rate: "per second",
  increase: "in its window",
  avg_over_time: "level",
};

function called({ name, args: [range] }: CallExpr, times: number): OneSeries | NotDrawn {
  const as = ranges[name];
  if (as === undefined || range?.kind !== "range")
    return notDrawn(`${name} is not turned around: only rate, increase and avg_over_time of a selector are`);
  return shifted(range.of) ?? { is: "one series", of: range.of, as, rangeMs: range.rangeMs, times };
}

function shifted({ offsetMs, at }: SelectorExpr): NotDrawn | undefined {
  return offsetMs === 0 && at === undefined ? undefined : notDrawn("it is about another moment than now");
}

/** A value that all matchers of a label fit; "" where it may be missing. */
function valueFor({ name }: Matcher, all: readonly Matcher[]): string | undefined {
  const own = all.filter((one) => one.name === name);
  const choices = own.flatMap(({ op, value }) => (op === "=" ? [value] : op === "=~" ? value.split("|").map(plain) : []));
  return [...choices, "", "one"].find((choice) => own.every((matcher) => fits(matcher, choice)));
}

function plain(alternative: string): string {
  return alternative
    .replaceAll(/^\(|\)$/g, "")
    .replaceAll(/\\(.)/g, "$1")
    .replaceAll(/\.[*+]?/g, "1");
}

function fits({ op, value }: Matcher, choice: string): boolean {
  if (op === "=" || op === "!=") return (choice === value) === (op === "=");
  const compiled = compileRegexp(value);
  return compiled.ok && compiled.regexp.test(choice) === (op === "=~");
}
