import { parsePromql } from "../promql/parse.ts";
import { type Expr, partsOf } from "../promql/syntax/expr.ts";
import type { Ruleset } from "./ruleset.ts";

/** The shortest range that a rule takes a rate over: it has to hold four samples, which limits how fast time may run. */
export function shortestWindowMs({ recordings, alerts }: Ruleset): number | undefined {
  let least: number | undefined;
  const visit = (expr: Expr): void => {
    if (expr.kind === "range") least = Math.min(least ?? Infinity, expr.rangeMs);
    for (const part of partsOf(expr)) visit(part);
  };
  for (const { expr } of [...recordings, ...alerts]) {
    const parsed = parsePromql(expr);
    if (parsed.ok) visit(parsed.expr);
  }
  return least;
}
