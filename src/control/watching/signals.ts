import { createEvaluator } from "../../signals/promql/evaluator.ts";
import type { Matrix } from "../../signals/promql/evaluate/value.ts";
import type { Expr } from "../../signals/promql/syntax/expr.ts";
import { printPromql } from "../../signals/promql/print.ts";
import type { RangeOptions } from "../../signals/promql/evaluator.ts";
import { type Evaluated, evaluateAll } from "../../signals/rules/round.ts";
import type { Source } from "../../signals/series.ts";
import { prometheusApi } from "./prometheus-api.ts";

/** Whoever can say what an expression gives: what is kept here, or a Prometheus. */
export type Signals = {
  readonly by: string;
  evaluate(expressions: readonly Expr[], atMs: number): Promise<readonly Evaluated[]>;
  range(expr: Expr, times: RangeOptions): Promise<Matrix>;
};

export function embeddedSignals(
  source: Source,
  options: { readonly lookbackMs: number; readonly defaultStepMs: number },
): Signals {
  const evaluator = createEvaluator(source, options);
  return {
    by: "gantry",
    evaluate: (expressions, atMs) => Promise.resolve(evaluateAll(evaluator, expressions, atMs)),
    range: (expr, times) => Promise.resolve(evaluator.range(expr, times)),
  };
}

const sideBySide = 8;

export function remoteSignals(url: string): Signals {
  const api = prometheusApi(url);
  return {
    by: api.name,
    async evaluate(expressions, atMs) {
      const results: Evaluated[] = [];
      for (let from = 0; from < expressions.length; from += sideBySide) {
        const some = expressions.slice(from, from + sideBySide).map(async (expr): Promise<Evaluated> => {
          try {
            return { ok: true, value: await api.instant(printPromql(expr), atMs) };
          } catch (error) {
            return { ok: false, message: messageOf(error) };
          }
        });
        results.push(...(await Promise.all(some)));
      }
      return results;
    },
    range: (expr, times) => api.range(printPromql(expr), times),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
