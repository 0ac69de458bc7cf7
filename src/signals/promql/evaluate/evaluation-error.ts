import { UserError } from "../../../lib/errors.ts";
import type { Span } from "../syntax/expr.ts";

const code = "not-evaluated";

/** An expression that cannot be evaluated on the series there are. `from` and `to` say which part of its text. */
export class EvaluationError extends UserError {
  readonly from: number;
  readonly to: number;

  constructor(at: Span, message: string, hint?: string) {
    super(code, message, hint === undefined ? {} : { hint });
    this.from = at.from;
    this.to = at.to;
  }
}
