import type { At, Expr, RangeExpr, SelectorExpr, Span, SubqueryExpr } from "./expr.ts";
import type { Operand } from "./operators.ts";
import { type PromqlProblem, problemAt } from "./problem.ts";

// What follows an operand. Each gives back an expression even where it reports a problem, so that all problems are found at once.

export type Report = (problem: PromqlProblem) => void;

export function withRange(operand: Operand, rangeMs: number, at: Span, report: Report): Expr {
  const { expr, parentheses } = operand;
  if (expr.kind !== "selector" || parentheses) {
    report(problemAt(at, "ranges only allowed for vector selectors", "a subquery ranges over any expression: [5m:1m]"));
    return expr;
  }
  if (expr.offsetMs !== 0 || expr.at !== undefined)
    report(
      problemAt(at, `no ${expr.at ? "@" : "offset"} modifiers allowed before range`, "write the range first: x[5m] offset 1h"),
    );
  return { kind: "range", of: expr, rangeMs, from: expr.from, to: at.to };
}

export function withSubquery(
  { expr }: Operand,
  { rangeMs, stepMs }: { readonly rangeMs: number; readonly stepMs: number | undefined },
  at: Span,
): SubqueryExpr {
  return {
    kind: "subquery",
    of: expr,
    rangeMs,
    ...(stepMs !== undefined && { stepMs }),
    offsetMs: 0,
    from: expr.from,
    to: at.to,
  };
}

export function withOffset(operand: Operand, offsetMs: number, at: Span, report: Report): Expr {
  return shifted(operand, "offset", at, report, (shift) => {
    if (shift.offsetMs !== 0) report(problemAt(at, "offset may not be set multiple times", "add the two up"));
    return { ...shift, offsetMs };
  });
}

export function withAt(operand: Operand, pinned: At, at: Span, report: Report): Expr {
  return shifted(operand, "@", at, report, (shift) => {
    if (shift.at !== undefined) report(problemAt(at, "@ <timestamp> may not be set multiple times", "leave one of the two out"));
    return { ...shift, at: pinned };
  });
}

type Shifted = SelectorExpr | SubqueryExpr;

function shifted(
  { expr, parentheses }: Operand,
  what: string,
  at: Span,
  report: Report,
  change: (shift: Shifted) => Shifted,
): Expr {
  if (!parentheses) {
    if (expr.kind === "selector" || expr.kind === "subquery") return { ...change(expr), to: at.to };
    if (expr.kind === "range") {
      const of = change(expr.of);
      return { ...expr, ...(of.kind === "selector" && { of }), to: at.to } satisfies RangeExpr;
    }
  }
  const message = `${what} modifier must be preceded by an instant vector selector or range vector selector or a subquery`;
  report(problemAt(at, message, `put the ${what} behind the selectors inside`));
  return expr;
}
