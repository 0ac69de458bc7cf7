import type { RuleResult } from "../alerts/advance.ts";
import type { Evaluator } from "../promql/evaluator.ts";
import type { Value } from "../promql/evaluate/value.ts";
import { parsePromql } from "../promql/parse.ts";
import type { Expr } from "../promql/syntax/expr.ts";
import type { Labels } from "../series.ts";
import type { AlertRule, Recording, Ruleset } from "./ruleset.ts";

// One look at rules: what they record first, and whoever keeps it has to have done so before alerts are asked, which read it. So it is in
// Prometheus, where the rules of a group go one after the other.

/** What came of an expression, or why nothing did. */
export type Evaluated = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly message: string };

/** A rule whose expression has been read; or why it cannot be. */
export type ReadRule<T> = { readonly rule: T; readonly expr?: Expr; readonly problem?: string };

export type ReadRules = { readonly recordings: readonly ReadRule<Recording>[]; readonly alerts: readonly ReadRule<AlertRule>[] };

export function readRules({ recordings, alerts }: Ruleset): ReadRules {
  return { recordings: recordings.map(read), alerts: alerts.map(read) };
}

function read<T extends { readonly expr: string }>(rule: T): ReadRule<T> {
  const parsed = parsePromql(rule.expr, { for: "rule" });
  return parsed.ok ? { rule, expr: parsed.expr } : { rule, problem: parsed.problems[0]?.message ?? "no expression" };
}

export function expressionsOf(rules: readonly ReadRule<unknown>[]): readonly Expr[] {
  return rules.flatMap(({ expr }) => expr ?? []);
}

/** A sample that a recording makes. */
export type Recorded = { readonly labels: Labels; readonly value: number };

/** `found` is what the expressions of these rules gave, in their order. A recording that gives nothing records nothing. */
export function recordedOf(rules: readonly ReadRule<Recording>[], found: readonly Evaluated[]): readonly Recorded[] {
  return withOutcomes(rules, found).flatMap(({ rule, outcome }) =>
    outcome.ok
      ? outcome.vector.map(({ labels, value }) => ({ labels: { ...labels, ...rule.labels, __name__: rule.record }, value }))
      : [],
  );
}

export function resultsOf(rules: readonly ReadRule<AlertRule>[], found: readonly Evaluated[]): readonly RuleResult[] {
  return withOutcomes(rules, found);
}

function withOutcomes<T>(
  rules: readonly ReadRule<T>[],
  found: readonly Evaluated[],
): readonly { readonly rule: T; readonly outcome: RuleResult["outcome"] }[] {
  let next = 0;
  return rules.map(({ rule, expr, problem = "no expression" }) => {
    const one = expr === undefined ? undefined : found[next++];
    return { rule, outcome: one === undefined ? { ok: false, message: problem } : outcomeOf(one) };
  });
}

/** A vector, or why there is none. A number is a vector of one series without labels, as Prometheus has it. */
function outcomeOf(found: Evaluated): RuleResult["outcome"] {
  if (!found.ok) return found;
  const { value } = found;
  if (value.kind === "vector") return { ok: true, vector: value.vector };
  if (value.kind === "scalar") return { ok: true, vector: [{ labels: {}, value: value.value }] };
  return { ok: false, message: `a rule gives numbers, and not a ${value.kind}` };
}

/** What expressions give at one moment; one that cannot be evaluated keeps no other from it. */
export function evaluateAll(evaluator: Evaluator, expressions: readonly Expr[], atMs: number): readonly Evaluated[] {
  const round = evaluator.round(atMs, expressions);
  return expressions.map((expr): Evaluated => {
    try {
      return { ok: true, value: round.evaluate(expr) };
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  });
}
