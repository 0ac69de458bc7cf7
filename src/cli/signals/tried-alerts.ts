import { generatedCases } from "../../signals/cases/generated.ts";
import { type CaseDifference, runCase } from "../../signals/cases/run-case.ts";
import { rulesOf } from "../../signals/rules/rules-of.ts";
import type { AlertRule, Ruleset } from "../../signals/rules/ruleset.ts";
import type { Environment } from "../../spec/environment.ts";

export type TriedCase = { readonly says: string; readonly differences: readonly CaseDifference[] };

export type TriedAlert = { readonly environment: string; readonly name: string } & (
  | { readonly is: "passed" | "failed"; readonly cases: readonly TriedCase[] }
  | { readonly is: "failed"; readonly reason: string }
  | { readonly is: "not generated"; readonly reason: string }
);

/** Each alert of each environment, against samples that its condition asks for. */
export function triedAlerts(environments: readonly Environment[]): readonly TriedAlert[] {
  return environments.flatMap((environment) => {
    const rules = rulesOf(environment);
    return rules.alerts.map((rule) => triedAlert(rule, rules, environment));
  });
}

function triedAlert(rule: AlertRule, rules: Ruleset, environment: Environment): TriedAlert {
  const about = { environment: environment.environment, name: rule.name };
  const generated = generatedCases(rule, environment);
  if (generated.is === "not generated") return { ...about, ...generated };
  try {
    const cases = generated.cases.map((one) => ({ says: one.says, differences: runCase(rules, one) }));
    return { ...about, is: cases.some(({ differences }) => differences.length > 0) ? "failed" : "passed", cases };
  } catch (error) {
    return { ...about, is: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}
