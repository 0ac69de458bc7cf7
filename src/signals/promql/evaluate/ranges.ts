import type { RangeExpr, SubqueryExpr } from "../syntax/expr.ts";
import { type Context, type Vec, spend } from "./context.ts";
import type { LabelSet } from "./label-sets.ts";
import { type Row, cleanRow, firstAfter, momentsOf } from "./selections.ts";

export type RangeSeries = Row & { readonly set: LabelSet };

/** What a function over a range gets: the window, and of each series the samples in it, of which there is at least one. */
export type Ranges = {
  readonly startMs: number;
  readonly endMs: number;
  readonly rangeMs: number;
  readonly series: readonly RangeSeries[];
};

export type EvaluateAt = (atMs: number) => Vec;

export function rangesOf(context: Context, expr: RangeExpr, atMs: number): Ranges {
  const { endMs } = momentsOf(expr.of, { startMs: atMs, endMs: atMs }, context);
  const { rangeMs } = expr;
  const startMs = endMs - rangeMs;
  const series: RangeSeries[] = [];
  let samples = 0;
  for (const selected of context.selections.of(expr.of, startMs, endMs)) {
    const row = cleanRow(selected);
    const from = firstAfter(row, startMs, context.prometheus === 2);
    const to = (row.times[row.to - 1] ?? 0) <= endMs ? row.to : firstAfter(row, endMs, false);
    if (from >= to) continue;
    samples += to - from;
    series.push({ set: selected.set, times: row.times, values: row.values, from, to });
  }
  spend(context, samples, expr);
  return { startMs, endMs, rangeMs, series };
}

/** Evaluates at each step of the window. Steps stand at multiples of their length, whatever the window. */
export function subqueryOf(context: Context, expr: SubqueryExpr, atMs: number, evaluate: EvaluateAt): Ranges {
  const { endMs } = momentsOf(expr, { startMs: atMs, endMs: atMs }, context);
  const { rangeMs, stepMs = context.defaultStepMs } = expr;
  const startMs = endMs - rangeMs;
  let first = Math.ceil(startMs / stepMs) * stepMs;
  if (first === startMs && context.prometheus === 3) first += stepMs;
  const rows = new Map<LabelSet, { times: number[]; values: number[] }>();
  for (let step = first; step <= endMs; step += stepMs) {
    const { sets, values } = evaluate(step);
    // A step costs something even where nothing comes out.
    spend(context, values.length + 20, expr);
    for (const [index, set] of sets.entries()) {
      let row = rows.get(set);
      if (row === undefined) rows.set(set, (row = { times: [], values: [] }));
      row.times.push(step);
      row.values.push(values[index] ?? 0);
    }
  }
  const series = Array.from(rows, ([set, { times, values }]) => ({
    set,
    times: Float64Array.from(times),
    values: Float64Array.from(values),
    from: 0,
    to: times.length,
  }));
  return { startMs, endMs, rangeMs, series };
}
