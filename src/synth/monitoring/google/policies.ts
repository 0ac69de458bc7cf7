import type { AlertRule, Exactness } from "../../../signals/rules/ruleset.ts";
import type { Asked } from "../../../signals/measures/expression.ts";
import type { ConditionData } from "../../../signals/measures/spec-data.ts";

/** An alert as Cloud Monitoring's policies have it. */
export type Policy = {
  readonly name: string;
  readonly query: string;
  readonly severity: AlertRule["severity"];
  readonly channels: readonly string[];
  readonly forSeconds: number;
  readonly everySeconds: number;
  /** For whoever is woken: what it means, what to do, and where it is not quite what the spec says. */
  readonly means: string;
  readonly exactness: Exactness;
};

export type Held = { readonly rule: AlertRule; readonly policy: Policy } | { readonly rule: AlertRule; readonly refused: string };

/** The policies of an environment's alerts; what its metrics cannot say is refused with the reason. */
export function policiesOf(
  rules: readonly AlertRule[],
  ask: (condition: ConditionData) => Asked,
  linkOf: (runbook: string) => string | undefined,
): readonly Held[] {
  return rules.map((rule) => {
    if (rule.when === undefined) return { rule, refused: "an uptime check of the cloud's own watches it" };
    const asked = ask(rule.when);
    if (asked.is === "refused") return { rule, refused: asked.reason };
    return { rule, policy: policyOf(rule, asked, linkOf) };
  });
}

function policyOf(
  rule: AlertRule,
  asked: Extract<Asked, { is: "expression" }>,
  linkOf: (runbook: string) => string | undefined,
): Policy {
  const link = rule.runbook === undefined ? undefined : linkOf(rule.runbook);
  const { exactness } = asked;
  return {
    name: rule.name,
    query: asked.expr,
    severity: rule.severity,
    channels: rule.to,
    forSeconds: Math.ceil(rule.forMs / 1_000),
    everySeconds: evaluated(rule.everyMs),
    means: [
      rule.description ?? `${asked.says}.`,
      ...(rule.owner === undefined ? [] : [`Owner: ${rule.owner}.`]),
      ...(link === undefined ? [] : [`Runbook: ${link}`]),
      ...(exactness.is === "exact" ? [] : [`Approximate: ${exactness.reason}.`]),
    ].join("\n\n"),
    exactness,
  };
}

/** Google looks every 30 seconds or at a multiple of it. */
function evaluated(everyMs: number): number {
  return Math.max(30, Math.ceil(everyMs / 30_000) * 30);
}
