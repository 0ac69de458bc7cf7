// Series as promtool's tests write them: `0+10x5 _ stale NaN`, one sample a step.
import { createEvaluator, type EvaluationOptions } from "../../src/signals/promql/evaluator.ts";
import type { Value } from "../../src/signals/promql/evaluate/value.ts";
import { parsePromql } from "../../src/signals/promql/parse.ts";
import type { Expr } from "../../src/signals/promql/syntax/expr.ts";
import { durationOf } from "../../src/signals/promql/syntax/literals.ts";
import { staleBits, type Source } from "../../src/signals/series.ts";
import { type RandomSeries, sourceOf } from "./promql-random.ts";

export function parsed(text: string): Expr {
  const found = parsePromql(text);
  if (!found.ok) throw new Error(`${text}: ${found.problems.map(({ message }) => message).join("; ")}`);
  return found.expr;
}

/** Series by how they are written, each with its samples from time 0 on. */
export function load(every: string, series: Readonly<Record<string, string>>): Source {
  const stepMs = durationOf(every) ?? 0;
  return sourceOf(Object.entries(series).map(([selector, samples]) => seriesOf(selector, samples, stepMs)));
}

function seriesOf(selector: string, samples: string, stepMs: number): RandomSeries {
  const expr = parsed(selector);
  if (expr.kind !== "selector") throw new Error(`${selector} is no series`);
  const labels = Object.fromEntries([
    ...(expr.name === undefined ? [] : [["__name__", expr.name] as const]),
    ...expr.matchers.map(({ name, value }) => [name, value] as const),
  ]);
  const values = samples.split(" ").flatMap(valuesOf);
  const kept = Array.from(values.entries()).filter(([, value]) => value !== undefined);
  const row = Float64Array.from(kept, ([, value]) => (typeof value === "number" ? value : 0));
  for (const [place, [, value]] of kept.entries()) if (value === "stale") new BigUint64Array(row.buffer)[place] = staleBits;
  return { labels, times: Float64Array.from(kept, ([index]) => index * stepMs), values: row };
}

function valuesOf(piece: string): (number | "stale" | undefined)[] {
  if (piece === "stale") return ["stale"];
  const gap = /^_(?:x(\d+))?$/.exec(piece);
  if (gap) return Array.from({ length: Number(gap[1] ?? 1) }, () => undefined);
  const [, first = piece, step = "0", times = "0"] = /^(-?[\d.]+|[+-]?Inf|NaN)(?:([+-][\d.]+))?x(\d+)$/.exec(piece) ?? [];
  return Array.from({ length: Number(times) + 1 }, (_, index) => numberOf(first) + index * numberOf(step));
}

export function numberOf(text: string): number {
  return /^[+-]?Inf$/.test(text) ? (text.startsWith("-") ? -Infinity : Infinity) : Number(text);
}

/** What comes out, written as `{a="b"} 1`, in the order in which it comes. */
export function ask(source: Source, text: string, at: string, options: EvaluationOptions = {}): string[] {
  const expr = parsed(text);
  return shown(
    createEvaluator(source, options)
      .round(durationOf(at) ?? 0, [expr])
      .evaluate(expr),
  );
}

function shown(value: Value): string[] {
  if (value.kind === "string") return [value.value];
  if (value.kind === "scalar") return [printed(value.value)];
  if (value.kind === "vector") return value.vector.map((one) => `${series(one.labels)} ${printed(one.value)}`);
  return value.matrix.map(
    ({ labels, times, values }) =>
      `${series(labels)} ${times.map((time, index) => `${printed(values[index] ?? 0)}@${time / 1_000}`).join(" ")}`,
  );
}

function series({ __name__: name = "", ...labels }: Readonly<Record<string, string>>): string {
  return `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(",")}}`;
}

/** Nine digits, so that rounding does not show. */
function printed(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(9))) : String(value);
}
