import { type ArithmeticOp, type BinaryExpr, type BinaryOp, type ComparisonOp, isComparison } from "../syntax/expr.ts";
import { type Context, type Vec, checkUnique } from "./context.ts";
import { withoutName } from "./label-sets.ts";
import { power } from "./numbers.ts";

const arithmetic: Readonly<Record<ArithmeticOp, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
  "^": power,
  atan2: Math.atan2,
};

const comparisons: Readonly<Record<ComparisonOp, (left: number, right: number) => boolean>> = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  ">": (left, right) => left > right,
  "<": (left, right) => left < right,
  ">=": (left, right) => left >= right,
  "<=": (left, right) => left <= right,
};

/** What an operator makes of two numbers; undefined where a comparison without `bool` leaves the element out. */
export type Operation = (left: number, right: number) => number | undefined;

export function operationOf({ op, bool }: Pick<BinaryExpr, "op" | "bool">): Operation {
  if (isComparison(op)) {
    const holds = comparisons[op];
    return bool ? (left, right) => Number(holds(left, right)) : (left, right) => (holds(left, right) ? left : undefined);
  }
  return op in arithmetic ? arithmetic[op as ArithmeticOp] : () => undefined;
}

/** Prometheus 2 forgot `atan2` among those whose result is another metric than either side. */
export function dropsName({ op, bool }: { readonly op: BinaryOp; readonly bool: boolean }, prometheus: 2 | 3): boolean {
  return bool || (!isComparison(op) && (op !== "atan2" || prometheus === 3));
}

export function scalarBinary(expr: BinaryExpr, left: number, right: number): number {
  return operationOf({ op: expr.op, bool: true })(left, right) ?? Number.NaN;
}

/** A vector with a number on its right, or on its left. */
export function vectorWithScalar(
  context: Context,
  expr: BinaryExpr,
  { sets, values }: Vec,
  { scalar, isLeft }: { readonly scalar: number; readonly isLeft: boolean },
): Vec {
  const operate = operationOf(expr);
  const filters = isComparison(expr.op) && !expr.bool;
  const drops = dropsName(expr, context.prometheus);
  const outSets = [];
  const outValues = [];
  for (let index = 0; index < sets.length; index++) {
    const set = sets[index];
    const value = values[index] ?? 0;
    const result = isLeft ? operate(scalar, value) : operate(value, scalar);
    if (set === undefined || result === undefined) continue;
    outSets.push(drops ? withoutName(context.sets, set) : set);
    // A comparison keeps the vector's value, on whichever side it stands.
    outValues.push(filters ? value : result);
  }
  const out = { sets: outSets, values: outValues };
  return drops ? checkUnique(context, out, expr) : out;
}
