import { type BinaryExpr, type Expr, type SelectorExpr, isSetOp } from "../syntax/expr.ts";
import { typeOf } from "../syntax/check-types.ts";
import { aggregate } from "./aggregate.ts";
import { scalarBinary, vectorWithScalar } from "./binary.ts";
import { call } from "./calls.ts";
import { type Context, type Vec, checkUnique, spend } from "./context.ts";
import { join, setOperation } from "./join.ts";
import { withoutName } from "./label-sets.ts";
import { type Ranges, rangesOf, subqueryOf } from "./ranges.ts";
import { firstAfter, isStale, momentsOf } from "./selections.ts";

export function vectorAt(context: Context, expr: Expr, atMs: number): Vec {
  switch (expr.kind) {
    case "selector":
      return latest(context, expr, atMs, "values");
    case "aggregate":
      return shared(context, expr, atMs, () => {
        const { parameter, of } = expr;
        const given = parameter && (parameter.kind === "string" ? parameter.value : scalarAt(context, parameter, atMs));
        return aggregate(context, expr, vectorAt(context, of, atMs), given);
      });
    case "call":
      return shared(context, expr, atMs, () =>
        call(context, expr, {
          atMs,
          vector: (arg) => vectorAt(context, arg, atMs),
          scalar: (arg) => scalarAt(context, arg, atMs),
          ranges: (arg) => rangesAt(context, arg, atMs),
          timestamps: (arg) =>
            arg.kind === "selector" ? latest(context, arg, atMs, "times") : stamped(vectorAt(context, arg, atMs), atMs),
        }),
      );
    case "binary":
      return binary(context, expr, atMs);
    case "unary": {
      const vec = vectorAt(context, expr.of, atMs);
      if (expr.op === "+") return vec;
      const sets = vec.sets.map((set) => withoutName(context.sets, set));
      return checkUnique(context, { sets, values: vec.values.map((value) => -value) }, expr);
    }
    default:
      throw new TypeError(`a ${expr.kind} is no vector`);
  }
}

export function scalarAt(context: Context, expr: Expr, atMs: number): number {
  if (expr.kind === "number") return expr.value;
  if (expr.kind === "unary") return (expr.op === "-" ? -1 : 1) * scalarAt(context, expr.of, atMs);
  if (expr.kind === "binary") return scalarBinary(expr, scalarAt(context, expr.left, atMs), scalarAt(context, expr.right, atMs));
  if (expr.kind === "call") {
    if (expr.name === "time") return atMs / 1_000;
    if (expr.name === "pi") return Math.PI;
    const [first] = expr.args;
    const vec = first && vectorAt(context, first, atMs);
    return vec?.values.length === 1 ? (vec.values[0] ?? Number.NaN) : Number.NaN;
  }
  throw new TypeError(`a ${expr.kind} is no number`);
}

export function rangesAt(context: Context, expr: Extract<Expr, { kind: "range" | "subquery" }>, atMs: number): Ranges {
  if (expr.kind === "range") return rangesOf(context, expr, atMs);
  return subqueryOf(context, expr, atMs, (stepMs) => kept(context, expr.of, stepMs, () => vectorAt(context, expr.of, stepMs)));
}

/** The last sample of each series, unless it is too old or the series has ended. */
function latest(context: Context, expr: SelectorExpr, atMs: number, what: "values" | "times"): Vec {
  const { endMs } = momentsOf(expr, { startMs: atMs, endMs: atMs }, context);
  const oldestMs = endMs - context.lookbackMs;
  const sets = [];
  const found = [];
  const selection = context.selections.of(expr, oldestMs, endMs);
  spend(context, selection.length, expr);
  for (const series of selection) {
    const { times, values, from, to } = series;
    const at = ((times[to - 1] ?? 0) <= endMs ? to : firstAfter(series, endMs, false)) - 1;
    if (at < from) continue;
    const time = times[at] ?? 0;
    if (time < oldestMs || (time === oldestMs && context.prometheus === 3)) continue;
    const value = values[at] ?? 0;
    if (Number.isNaN(value) && isStale(values, at)) continue;
    sets.push(series.set);
    found.push(what === "values" ? value : time / 1_000);
  }
  return { sets, values: found };
}

function stamped(vec: Vec, atMs: number): Vec {
  return { sets: vec.sets, values: vec.sets.map(() => atMs / 1_000) };
}

function binary(context: Context, expr: BinaryExpr, atMs: number): Vec {
  const { left, right, op } = expr;
  if (typeOf(right) === "scalar") {
    const scalar = scalarAt(context, right, atMs);
    return vectorWithScalar(context, expr, vectorAt(context, left, atMs), { scalar, isLeft: false });
  }
  if (typeOf(left) === "scalar") {
    const scalar = scalarAt(context, left, atMs);
    return vectorWithScalar(context, expr, vectorAt(context, right, atMs), { scalar, isLeft: true });
  }
  const [lefts, rights] = [vectorAt(context, left, atMs), vectorAt(context, right, atMs)];
  return isSetOp(op) ? setOperation(context, expr, lefts, rights) : join(context, expr, lefts, rights);
}

/** What was worked out for the same text and moment before, or is worked out now. Memory for it is bounded, as for samples. */
function kept(context: Context, expr: Expr, atMs: number, work: () => Vec): Vec {
  const text = context.text(expr);
  const before = context.known.get(text)?.get(atMs);
  if (before) return before;
  const vec = work();
  context.budget.keep -= vec.values.length + 10;
  if (context.budget.keep < 0) return vec;
  const moments = context.known.get(text);
  if (moments) moments.set(atMs, vec);
  else context.known.set(text, new Map([[atMs, vec]]));
  return vec;
}

/** In a round, expressions share what they have in common; along a range every moment is another. */
function shared(context: Context, expr: Expr, atMs: number, work: () => Vec): Vec {
  return context.startMs === context.endMs ? kept(context, expr, atMs, work) : work();
}
