import { parsePromql } from "../promql/parse.ts";
import { type Expr, partsOf } from "../promql/syntax/expr.ts";

export type Window = {
  readonly metric: string;
  readonly windowMs: number;
  /** So many samples it has to hold to say something. */
  readonly samples: number;
};

/** A slope between two samples is chance; what only asks for the most or the mean has to see that it stays. */
const [ofRates, ofOthers] = [4, 2];
const rates: ReadonlySet<string> = new Set(["rate", "increase", "irate", "delta", "idelta", "deriv", "predict_linear"]);

/** The windows in which an expression looks at samples. */
export function windowsOf(text: string): readonly Window[] {
  const parsed = parsePromql(text);
  return parsed.ok ? within(parsed.expr, ofOthers) : [];
}

function within(expr: Expr, samples: number): readonly Window[] {
  const own = expr.kind === "range" ? [{ metric: expr.of.name ?? "", windowMs: expr.rangeMs, samples }] : [];
  const ofParts = expr.kind === "call" && rates.has(expr.name) ? ofRates : ofOthers;
  return [...own, ...partsOf(expr).flatMap((part) => within(part, ofParts))];
}
