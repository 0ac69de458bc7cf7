import type { Matcher } from "../../series.ts";

/** Where something stands in the text: UTF-16 units from 0, `to` exclusive. */
export type Span = { readonly from: number; readonly to: number };

export type ValueType = "scalar" | "vector" | "matrix" | "string";

/** The moment a selector or subquery is pinned to, instead of the moment of evaluation. */
export type At = { readonly kind: "time"; readonly atMs: number } | { readonly kind: "start" } | { readonly kind: "end" };

/** What may follow a selector, a range or a subquery. */
export type Shift = { readonly offsetMs: number; readonly at?: At };

export type NumberExpr = Span & { readonly kind: "number"; readonly value: number };
export type StringExpr = Span & { readonly kind: "string"; readonly value: string };
export type SelectorExpr = Span &
  Shift & {
    readonly kind: "selector";
    /** The metric, where it is written as a name; `__name__` among the matchers otherwise. */
    readonly name?: string;
    readonly matchers: readonly Matcher[];
  };
export type RangeExpr = Span & { readonly kind: "range"; readonly of: SelectorExpr; readonly rangeMs: number };
export type SubqueryExpr = Span &
  Shift & { readonly kind: "subquery"; readonly of: Expr; readonly rangeMs: number; readonly stepMs?: number };
export type UnaryExpr = Span & { readonly kind: "unary"; readonly op: "+" | "-"; readonly of: Expr };
export type BinaryExpr = Span & {
  readonly kind: "binary";
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  /** Compares to 1 or 0 instead of leaving out what is not so. */
  readonly bool: boolean;
  readonly matching?: Matching;
  /** Where the operator stands. */
  readonly opAt: Span;
};
export type AggregateExpr = Span & {
  readonly kind: "aggregate";
  readonly op: AggregateOp;
  readonly grouping?: Grouping;
  readonly parameter?: Expr;
  readonly of: Expr;
};
export type CallExpr = Span & {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Expr[];
  readonly nameAt: Span;
};

export type Expr =
  NumberExpr | StringExpr | SelectorExpr | RangeExpr | SubqueryExpr | UnaryExpr | BinaryExpr | AggregateExpr | CallExpr;

export type Grouping = { readonly without: boolean; readonly labels: readonly string[] };

export type Matching = {
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Which side may have several series for one of the other. */
  readonly many?: "left" | "right";
  /** Labels that come from the other side. */
  readonly include: readonly string[];
};

export const arithmeticOps = ["+", "-", "*", "/", "%", "^", "atan2"] as const;
export const comparisonOps = ["==", "!=", ">", "<", ">=", "<="] as const;
export const setOps = ["and", "or", "unless"] as const;
export type ArithmeticOp = (typeof arithmeticOps)[number];
export type ComparisonOp = (typeof comparisonOps)[number];
export type SetOp = (typeof setOps)[number];
export type BinaryOp = ArithmeticOp | ComparisonOp | SetOp;

export const aggregateOps = [
  "sum",
  "avg",
  "min",
  "max",
  "count",
  "group",
  "stddev",
  "stdvar",
  "quantile",
  "topk",
  "bottomk",
  "count_values",
] as const;
export type AggregateOp = (typeof aggregateOps)[number];

export function isComparison(op: BinaryOp): op is ComparisonOp {
  return (comparisonOps as readonly string[]).includes(op);
}

export function isSetOp(op: BinaryOp): op is SetOp {
  return op === "and" || op === "or" || op === "unless";
}

/** The expressions that an expression is made of. */
export function partsOf(expr: Expr): readonly Expr[] {
  if (expr.kind === "binary") return [expr.left, expr.right];
  if (expr.kind === "call") return expr.args;
  if (expr.kind === "aggregate") return expr.parameter ? [expr.parameter, expr.of] : [expr.of];
  return expr.kind === "range" || expr.kind === "subquery" || expr.kind === "unary" ? [expr.of] : [];
}

/** How strongly an operator binds; only `^` binds to the right. */
export const precedence: Readonly<Record<BinaryOp, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  "==": 3,
  "!=": 3,
  ">": 3,
  "<": 3,
  ">=": 3,
  "<=": 3,
  "+": 4,
  "-": 4,
  "*": 5,
  "/": 5,
  "%": 5,
  atan2: 5,
  "^": 6,
};
export const powerPrecedence = precedence["^"];
