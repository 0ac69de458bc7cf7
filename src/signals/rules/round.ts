import type { AlertRule, Ruleset } from "./ruleset.ts";
import type { RuleResult } from "../alerts/advance.ts";
import type { Evaluator } from "../promql/evaluator.ts";
import { parsePromql } from "../promql/parse.ts";
import type { Expr } from "../promql/syntax/expr.ts";
import type { Labels } from "../series.ts";

/** A sample that a recording makes. */
export type Recorded = { readonly labels: Labels; readonly value: number };

export type RoundResult = {
  readonly recorded: readonly Recorded[];
  readonly results: readonly RuleResult[];
  /** Recordings that could not be evaluated. */
  readonly failed: readonly { readonly record: string; readonly message: string }[];
};

/** Rules whose expressions have been read, ready to be asked at one moment after the other. */
export type RuleRounds = {
  /**
   * What the recordings give now. Whoever keeps them has to have done so before the alerts are asked, which read them: so it is in
   * Prometheus, where the rules of a group go one after the other.
   */
  record(evaluator: Evaluator, atMs: number): Pick<RoundResult, "recorded" | "failed">;
  /** What the alerts give that are to be looked at now. */
  ask(evaluator: Evaluator, atMs: number, due?: (rule: AlertRule) => boolean): readonly RuleResult[];
};

export function createRounds(rules: Ruleset): RuleRounds {
  const recordings = rules.recordings.map((recording) => ({ recording, parsed: parsePromql(recording.expr, { for: "rule" }) }));
  const alerts = rules.alerts.map((rule) => ({ rule, parsed: parsePromql(rule.expr, { for: "rule" }) }));
  return {
    record(evaluator, atMs) {
      const recorded: Recorded[] = [];
      const failed: { record: string; message: string }[] = [];
      const round = evaluator.round(atMs, exprsOf(recordings));
      for (const { recording, parsed } of recordings) {
        const { record } = recording;
        const found = parsed.ok ? vectorOf(() => round.evaluate(parsed.expr)) : (parsed.problems[0]?.message ?? "no expression");
        if (typeof found === "string") failed.push({ record, message: found });
        else
          for (const { labels, value } of found)
            recorded.push({ labels: { ...labels, ...recording.labels, __name__: record }, value });
      }
      return { recorded, failed };
    },
    ask(evaluator, atMs, due = () => true) {
      const now = alerts.filter(({ rule }) => due(rule));
      const round = evaluator.round(atMs, exprsOf(now));
      return now.map(({ rule, parsed }): RuleResult => {
        const found = parsed.ok ? vectorOf(() => round.evaluate(parsed.expr)) : (parsed.problems[0]?.message ?? "no expression");
        return { rule, outcome: typeof found === "string" ? { ok: false, message: found } : { ok: true, vector: found } };
      });
    },
  };
}

function exprsOf(of: readonly { readonly parsed: ReturnType<typeof parsePromql> }[]): readonly Expr[] {
  return of.flatMap(({ parsed }) => (parsed.ok ? [parsed.expr] : []));
}

/** A vector, or why there is none. A number is a vector of one series without labels, as Prometheus has it. */
function vectorOf(evaluate: () => ReturnType<ReturnType<Evaluator["round"]>["evaluate"]>): readonly Recorded[] | string {
  try {
    const value = evaluate();
    if (value.kind === "vector") return value.vector;
    return value.kind === "scalar" ? [{ labels: {}, value: value.value }] : `a rule gives numbers, and not a ${value.kind}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
