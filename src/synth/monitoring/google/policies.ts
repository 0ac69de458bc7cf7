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

export type Held = { readonly rule: AlertRule } & (
  | { readonly policy: Policy }
  | { readonly refused: string }
  /** Something of the cloud's own watches it, which is no policy. */
  | { readonly by: string; readonly exactness: Exactness }
);

/** The policies of an environment's alerts; what its metrics cannot say is refused with the reason. */
export function policiesOf(
  rules: readonly AlertRule[],
  ask: (condition: ConditionData) => Asked,
  linkOf: (runbook: string) => string | undefined,
): readonly Held[] {
  return rules.map((rule) => {
    const own = ownOf(rule);
    if (own !== undefined) return { rule, ...own };
    if (rule.when === undefined) return { rule, refused: "Cloud Monitoring is not asked for what is missing" };
    const asked = ask(rule.when);
    if (asked.is === "refused") return { rule, refused: asked.reason };
    return { rule, policy: policyOf(rule, asked, linkOf) };
  });
}

const uptime = {
  by: "an uptime check of Cloud Monitoring",
  exactness: { is: "approximate", reason: "it is asked from several places, and counts as failed when two of them fail" },
} as const;
const month = {
  by: "the budget of the billing account",
  exactness: { is: "approximate", reason: "the account knows what was spent some hours later" },
} as const;
const day = {
  by: "the budget of the billing account",
  exactness: {
    is: "approximate",
    reason:
      "a budget knows months: it tells many times a day what was spent, some hours late, and whoever reads that holds the day's part",
  },
} as const;

/** What is asked from outside has a check that tells its own channels, and what is spent has a budget. */
function ownOf({ path, when }: AlertRule): typeof uptime | typeof month | typeof day | undefined {
  if (path[0] === "uptime") return uptime;
  if (when?.signal.measure === "dayToDate") return day;
  return when?.signal.measure === "monthToDate" && typeof when.value === "string" ? month : undefined;
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
