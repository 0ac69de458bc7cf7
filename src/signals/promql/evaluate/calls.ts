import type { CallExpr, Expr, RangeExpr, SubqueryExpr } from "../syntax/expr.ts";
import { calendar } from "./calendar.ts";
import { type Context, type Vec, checkUnique } from "./context.ts";
import { histogramQuantile } from "./histogram.ts";
import { type LabelSet, withoutName } from "./label-sets.ts";
import { maths, mathsWith } from "./maths.ts";
import { overTime } from "./over-time.ts";
import type { Ranges } from "./ranges.ts";
import { type OverRange, rates } from "./rates.ts";
import { relabel } from "./relabel.ts";

/** How a function gets what its arguments are. */
export type Evaluate = {
  readonly vector: (expr: Expr) => Vec;
  readonly scalar: (expr: Expr) => number;
  readonly ranges: (expr: RangeExpr | SubqueryExpr) => Ranges;
  /** The times of a selector's samples instead of their values. */
  readonly timestamps: (expr: Expr) => Vec;
  readonly atMs: number;
};

const overRanges = new Map<string, OverRange>([...Object.entries(rates), ...Object.entries(overTime)]);

/** A function that gives a vector. */
export function call(context: Context, expr: CallExpr, evaluate: Evaluate): Vec {
  const { name, args } = expr;
  const [first, second] = args;
  const { empty } = context.sets;
  const overRange = overRanges.get(name);
  if (overRange) return callOverRange(context, expr, overRange, evaluate);
  const math = maths[name] ?? (first && calendar[name]);
  if (math && first) return mapped(context, expr, evaluate.vector(first), math);
  const ofNow = calendar[name];
  if (ofNow) return { sets: [empty], values: [ofNow(evaluate.atMs / 1_000)] };
  const vec = () => (first ? evaluate.vector(first) : { sets: [], values: [] });
  const mathWith = mathsWith[name];
  if (mathWith) {
    const given = vec();
    const map = mathWith(...args.slice(1).map(evaluate.scalar));
    return map ? mapped(context, expr, given, map) : { sets: [], values: [] };
  }
  switch (name) {
    case "vector":
      return { sets: [empty], values: [first ? evaluate.scalar(first) : 0] };
    case "timestamp":
      return first ? checkUnique(context, nameless(context, evaluate.timestamps(first)), expr) : vec();
    case "sort":
      return sorted(vec(), 1);
    case "sort_desc":
      return sorted(vec(), -1);
    case "absent":
      return first && vec().sets.length > 0 ? { sets: [], values: [] } : { sets: [absentLabels(context, first)], values: [1] };
    case "absent_over_time": {
      const found = isRange(first) && evaluate.ranges(first).series.length > 0;
      return found ? { sets: [], values: [] } : { sets: [absentLabels(context, first)], values: [1] };
    }
    case "histogram_quantile":
      return histogramQuantile(context, expr, first ? evaluate.scalar(first) : 0, second ? evaluate.vector(second) : vec());
    case "label_replace":
    case "label_join":
      return relabel(context, expr, vec());
    default:
      throw new TypeError(`a function that is in the subset and that nobody evaluates: ${name}`);
  }
}

function callOverRange(context: Context, expr: CallExpr, over: OverRange, evaluate: Evaluate): Vec {
  const range = expr.args.find(isRange);
  if (!range) throw new TypeError(`${expr.name} without a range`);
  const other = expr.args.find((arg) => arg !== range);
  const parameter = other ? evaluate.scalar(other) : 0;
  const { series, ...span } = evaluate.ranges(range);
  const window = { ...span, atMs: evaluate.atMs, prometheus: context.prometheus };
  const keepsName = expr.name === "last_over_time";
  const sets: LabelSet[] = [];
  const values: number[] = [];
  for (const one of series) {
    const value = over(one, window, parameter);
    if (value === undefined) continue;
    sets.push(keepsName ? one.set : withoutName(context.sets, one.set));
    values.push(value);
  }
  return checkUnique(context, { sets, values }, expr);
}

function isRange(expr: Expr | undefined): expr is RangeExpr | SubqueryExpr {
  return expr?.kind === "range" || expr?.kind === "subquery";
}

function nameless({ sets }: Context, vec: Vec): Vec {
  return { sets: vec.sets.map((set) => withoutName(sets, set)), values: vec.values };
}

function mapped(context: Context, expr: CallExpr, vec: Vec, map: (value: number) => number): Vec {
  const { sets } = nameless(context, vec);
  return checkUnique(context, { sets, values: vec.values.map((value) => map(value)) }, expr);
}

/** By value; NaN stands at the end whichever way it goes. */
function sorted({ sets, values }: Vec, sign: 1 | -1): Vec {
  const order = Array.from(values.keys()).toSorted((a, b) => {
    const [left, right] = [values[a] ?? 0, values[b] ?? 0];
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return left === right ? 0 : sign * (left < right ? -1 : 1);
  });
  return { sets: order.flatMap((index) => sets[index] ?? []), values: order.map((index) => values[index] ?? 0) };
}

/** What is absent has the labels that it would have to have. */
function absentLabels({ sets }: Context, expr: Expr | undefined): LabelSet {
  const selector = expr?.kind === "range" ? expr.of : expr;
  if (selector?.kind !== "selector") return sets.empty;
  const labels = new Map<string, string>();
  const unclear = new Set<string>();
  for (const { name, op, value } of selector.matchers) {
    if (name === "__name__") continue;
    if (op === "=" && !labels.has(name)) labels.set(name, value);
    else unclear.add(name);
  }
  return sets.of(Object.fromEntries([...labels].filter(([name]) => !unclear.has(name))));
}
