import { UserError } from "../../lib/errors.ts";
import { parsePromql } from "../../signals/promql/parse.ts";
import type { Expr } from "../../signals/promql/syntax/expr.ts";

/** An expression that somebody wrote, or where it is wrong. */
export function parsed(text: string): Expr {
  const result = parsePromql(text);
  if (result.ok) return result.expr;
  const [problem] = result.problems;
  const at = problem === undefined ? "" : ` (character ${problem.from + 1})`;
  throw new UserError(
    "bad-promql",
    `${problem?.message ?? "this is no PromQL"}${at}`,
    problem?.hint === undefined ? {} : { hint: problem.hint },
  );
}
