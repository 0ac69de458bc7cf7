import type { Expr } from "../syntax/expr.ts";
import { EvaluationError } from "./evaluation-error.ts";
import type { LabelSet, LabelSets } from "./label-sets.ts";
import type { Selections } from "./selections.ts";

/** A vector while it is worked on: two rows of the same length. Never written to once it is handed on, since it may be kept. */
export type Vec = { readonly sets: readonly LabelSet[]; readonly values: readonly number[] };
export const noVec: Vec = { sets: [], values: [] };

export type Context = {
  readonly sets: LabelSets;
  readonly selections: Selections;
  /** Which Prometheus is followed where 2 and 3 differ: whether a window has its first millisecond, and some smaller things. */
  readonly prometheus: 2 | 3;
  readonly lookbackMs: number;
  /** The step of subqueries that name none. */
  readonly defaultStepMs: number;
  /** What `@ start()` and `@ end()` mean. */
  readonly startMs: number;
  readonly endMs: number;
  /** Vectors by expression and moment: what is asked for twice, by one expression or by several of a round, is worked out once. */
  readonly known: Map<string, Map<number, Vec>>;
  readonly budget: { left: number; keep: number };
  text(expr: Expr): string;
};

/** Counts samples that are looked at or made, so that an expression cannot take memory and time without bound. */
export function spend({ budget }: Context, samples: number, expr: Expr): void {
  budget.left -= samples;
  if (budget.left < 0)
    throw new EvaluationError(
      expr,
      "query processing would load too many samples into memory in query execution",
      "take a shorter range, a longer step, or fewer series",
    );
}

/** Series that lost a label may have become one and the same. */
export function checkUnique({ sets }: Context, vec: Vec, expr: Expr): Vec {
  const mark = sets.nextMark();
  for (const set of vec.sets) {
    if (set.mark === mark)
      throw new EvaluationError(
        expr,
        "vector cannot contain metrics with the same labelset",
        "the series differ only in their names, or in labels that were taken away: aggregate first, or select one name",
      );
    set.mark = mark;
  }
  return vec;
}
