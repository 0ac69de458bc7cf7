import type { Span } from "./expr.ts";

/** One thing that is wrong with an expression: where, what, and what to do about it. */
export type PromqlProblem = {
  /** UTF-16 units from 0; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  readonly message: string;
  readonly hint?: string;
};

export function problemAt(at: Span, message: string, hint?: string): PromqlProblem {
  return { from: at.from, to: at.to, message, ...(hint === undefined ? {} : { hint }) };
}
