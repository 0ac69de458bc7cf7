import type { AlertRule } from "../../signals/rules/ruleset.ts";
import type { Environment } from "../../spec/environment.ts";
import { googlePolicies } from "./google/watched.ts";
import type { Held } from "./held.ts";
import type { Watch } from "./watch.ts";

/** What an environment's cloud makes of an alert; nothing where the spec's tools leave it to others. */
export function cloudHeld({ subject, environment, rules }: Watch, rule: AlertRule): Held | undefined {
  switch (environment.cloud) {
    case "gcp": {
      const found = googlePolicies(subject, environment, rules).find((one) => one.rule === rule);
      if (found === undefined) return undefined;
      if (byBudget(environment, rule)) return { by: "the budget of the billing account", exactness: late };
      return {
        by: "Cloud Monitoring",
        exactness: "policy" in found ? found.policy.exactness : { is: "refused", reason: found.refused },
      };
    }
    default:
      return undefined;
  }
}

/** A budget tells at the shares of it that alerts name. */
function byBudget({ budget, limits }: Environment, { when }: AlertRule): boolean {
  return when?.signal.measure === "monthToDate" && typeof when.value === "string" && (limits?.spend ?? budget) !== undefined;
}

const late: Held["exactness"] = { is: "approximate", reason: "the account knows what was spent some hours later" };
