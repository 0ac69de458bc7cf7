import type { Source } from "../series.ts";
import type { Context } from "./evaluate/context.ts";
import { rangesAt, scalarAt, vectorAt } from "./evaluate/evaluate.ts";
import { EvaluationError } from "./evaluate/evaluation-error.ts";
import { type LabelSet, createLabelSets } from "./evaluate/label-sets.ts";
import { createSelections } from "./evaluate/selections.ts";
import type { Matrix, Value } from "./evaluate/value.ts";
import { printPromql } from "./print.ts";
import { typeOf } from "./syntax/check-types.ts";
import type { Expr } from "./syntax/expr.ts";

export type EvaluationOptions = {
  /** How old a series' last sample may be. */
  readonly lookbackMs?: number;
  /**
   * Which Prometheus is followed where they differ. In 3 a range has its end and not its start, in 2 both; and a `rate` whose series
   * began inside the range, `atan2`'s name, the dot in `label_replace` and rounding in buckets differ a little.
   */
  readonly prometheus?: 2 | 3;
  /** The step of subqueries that name none. */
  readonly defaultStepMs?: number;
  /** How many samples one expression may look at or make. */
  readonly mostSamples?: number;
};

export type RangeOptions = { readonly startMs: number; readonly endMs: number; readonly stepMs: number };

/** Evaluates many expressions at one moment: what they have in common is selected and worked out once. */
export type Round = { evaluate(expr: Expr): Value };

/** Keeps between rounds what is known about labels. */
export type Evaluator = {
  /** `expressions` are those that will be asked for; others may be, at a higher price. */
  round(atMs: number, expressions: readonly Expr[]): Round;
  range(expr: Expr, times: RangeOptions): Matrix;
};

const mostSteps = 11_000;
/** Elements of vectors that are kept because they may be asked for again. */
const mostKept = 5_000_000;
/** Where labels change all the time, what is known of the old ones is forgotten. */
const mostLabelSets = 200_000;

export function createEvaluator(source: Source, options: EvaluationOptions = {}): Evaluator {
  const { lookbackMs = 300_000, prometheus = 3, defaultStepMs = 60_000, mostSamples = 50_000_000 } = options;
  let sets = createLabelSets();
  const texts = new WeakMap<Expr, string>();
  const text = (expr: Expr): string => {
    let found = texts.get(expr);
    if (found === undefined) texts.set(expr, (found = printPromql(expr)));
    return found;
  };
  const contextOf = (startMs: number, endMs: number): Context => {
    if (sets.size() > mostLabelSets) sets = createLabelSets();
    const selections = createSelections(source, sets, { startMs, endMs, lookbackMs });
    const budget = { left: mostSamples, keep: mostKept };
    return { sets, selections, prometheus, lookbackMs, defaultStepMs, startMs, endMs, known: new Map(), budget, text };
  };
  return {
    round(atMs, expressions) {
      const context = contextOf(atMs, atMs);
      for (const expr of expressions) context.selections.plan(expr, context);
      return {
        evaluate(expr) {
          context.budget.left = mostSamples;
          return valueAt(context, expr, atMs);
        },
      };
    },
    range(expr, times) {
      checkTimes(expr, times);
      const context = contextOf(times.startMs, times.endMs);
      context.selections.plan(expr, context);
      return matrixOver(context, expr, times);
    },
  };
}

/** What an expression gives at one moment. */
export function evaluateAt(expr: Expr, source: Source, atMs: number, options: EvaluationOptions = {}): Value {
  return createEvaluator(source, options).round(atMs, [expr]).evaluate(expr);
}

/** What an expression gives at each step, as for a graph. */
export function evaluateRange(expr: Expr, source: Source, times: RangeOptions, options: EvaluationOptions = {}): Matrix {
  return createEvaluator(source, options).range(expr, times);
}

function valueAt(context: Context, expr: Expr, atMs: number): Value {
  if (expr.kind === "string") return { kind: "string", value: expr.value };
  if (expr.kind === "range" || expr.kind === "subquery") {
    const { series } = rangesAt(context, expr, atMs);
    const matrix = series.map(({ set, times, values, from, to }) => ({
      labels: set.labels,
      times: Array.from(times.subarray(from, to)),
      values: Array.from(values.subarray(from, to)),
    }));
    return { kind: "matrix", matrix };
  }
  if (typeOf(expr) === "scalar") return { kind: "scalar", value: scalarAt(context, expr, atMs) };
  const { sets, values } = vectorAt(context, expr, atMs);
  return { kind: "vector", vector: sets.map(({ labels }, index) => ({ labels, value: values[index] ?? 0 })) };
}

function matrixOver(context: Context, expr: Expr, { startMs, endMs, stepMs }: RangeOptions): Matrix {
  const rows = new Map<LabelSet, { times: number[]; values: number[] }>();
  const push = (set: LabelSet, atMs: number, value: number) => {
    let row = rows.get(set);
    if (row === undefined) rows.set(set, (row = { times: [], values: [] }));
    row.times.push(atMs);
    row.values.push(value);
  };
  const isScalar = typeOf(expr) === "scalar";
  for (let atMs = startMs; atMs <= endMs; atMs += stepMs) {
    if (isScalar) push(context.sets.empty, atMs, scalarAt(context, expr, atMs));
    else {
      const { sets, values } = vectorAt(context, expr, atMs);
      for (const [index, set] of sets.entries()) push(set, atMs, values[index] ?? 0);
    }
  }
  return Array.from(rows, ([{ labels }, row]) => ({ labels, ...row }));
}

function checkTimes(expr: Expr, { startMs, endMs, stepMs }: RangeOptions): void {
  const type = typeOf(expr);
  if (type !== "scalar" && type !== "vector")
    throw new EvaluationError(
      expr,
      `invalid expression type "${type}" for range query, must be Scalar or instant Vector`,
      "ask for it at one moment, or put a function over it",
    );
  if (!(stepMs > 0)) throw new EvaluationError(expr, "zero or negative query resolution step widths are not accepted");
  if (!(endMs >= startMs)) throw new EvaluationError(expr, "the end is before the start");
  if ((endMs - startMs) / stepMs > mostSteps)
    throw new EvaluationError(expr, `exceeded maximum resolution of ${mostSteps} points per timeseries`, "take a longer step");
}
