import { parsePromql } from "../../signals/promql/parse.ts";
import type { Expr } from "../../signals/promql/syntax/expr.ts";
import type { RuleResult } from "../../signals/alerts/advance.ts";
import type { AlertRule, Recording, Ruleset } from "../../signals/rules/ruleset.ts";
import type { Labels } from "../../signals/series.ts";
import type { Signals } from "./signals.ts";

export type Recorded = { readonly labels: Labels; readonly value: number };

/** Evaluates what is due: first what is recorded, so that alerts of the same round see it. */
export type RuleLoop = {
  readonly rules: Ruleset;
  round(atMs: number): Promise<readonly RuleResult[]>;
};

type Due<T> = { readonly rule: T; readonly expr: Expr; readonly everyMs: number; atMs: number };

export function createRuleLoop(
  rules: Ruleset,
  signals: Signals,
  record: (labels: Labels, atMs: number, value: number) => void,
): RuleLoop {
  const recordings = rules.recordings.map((rule): Due<Recording> => ({
    rule,
    expr: soundly(rule.expr),
    everyMs: rules.everyMs,
    atMs: 0,
  }));
  const alerts = rules.alerts.map((rule): Due<AlertRule> => ({ rule, expr: soundly(rule.expr), everyMs: rule.everyMs, atMs: 0 }));

  return {
    rules,
    async round(atMs) {
      const record1 = take(recordings, atMs);
      const values = await signals.evaluate(
        record1.map((one) => one.expr),
        atMs,
      );
      for (const [index, { rule }] of record1.entries()) {
        const found = values[index];
        if (found?.ok !== true || found.value.kind !== "vector") continue;
        for (const { labels, value } of found.value.vector)
          record({ ...labels, ...rule.labels, __name__: rule.record }, atMs, value);
      }
      const due = take(alerts, atMs);
      const outcomes = await signals.evaluate(
        due.map((one) => one.expr),
        atMs,
      );
      return due.map(({ rule }, index): RuleResult => {
        const found = outcomes[index];
        if (found === undefined) return { rule, outcome: { ok: false, message: "it was not evaluated" } };
        if (!found.ok) return { rule, outcome: found };
        if (found.value.kind === "vector") return { rule, outcome: { ok: true, vector: found.value.vector } };
        return { rule, outcome: { ok: false, message: `it gives a ${found.value.kind} and no vector` } };
      });
    },
  };
}

function take<T>(all: readonly Due<T>[], atMs: number): readonly Due<T>[] {
  // A clock that was put back does not let a rule wait until it is where it was.
  const due = all.filter((one) => atMs >= one.atMs + one.everyMs || atMs < one.atMs);
  for (const one of due) one.atMs = atMs;
  return due;
}

/** Rules are written by Gantry; one that it cannot read itself is its own mistake. */
function soundly(text: string): Expr {
  const parsed = parsePromql(text);
  if (!parsed.ok) throw new Error(`a rule of Gantry's own cannot be read: ${text}: ${parsed.problems[0]?.message ?? ""}`);
  return parsed.expr;
}
