import type { AlertRule } from "../../signals/rules/ruleset.ts";
import { googlePolicies } from "./google/watched.ts";
import { heldInCloudWatch } from "../terraform/aws/alarms.ts";
import { placeOf } from "../terraform/aws/place.ts";
import type { Held } from "./held.ts";
import type { Watch } from "./watch.ts";

/** What an environment's cloud makes of an alert; nothing where the spec's tools leave it to others. */
export function cloudHeld({ subject, environment, layout }: Watch, rule: AlertRule): Held | undefined {
  switch (environment.cloud) {
    case "gcp":
      return onGoogle({ subject, environment }, rule);
    case "aws":
      return onAws({ subject, environment, layout }, rule);
    case "azure":
    case "local":
      return undefined;
  }
}

function onGoogle({ subject, environment }: Pick<Watch, "subject" | "environment">, rule: AlertRule): Held | undefined {
  const found = googlePolicies(subject, environment).find((one) => one.rule === rule);
  if (found === undefined) return undefined;
  if ("by" in found) return { by: found.by, exactness: found.exactness };
  const exactness = "policy" in found ? found.policy.exactness : ({ is: "refused", reason: found.refused } as const);
  return { by: "Cloud Monitoring", exactness };
}

function onAws(
  { subject, environment, layout }: Pick<Watch, "subject" | "environment" | "layout">,
  rule: AlertRule,
): Held | undefined {
  const found = heldInCloudWatch(placeOf(subject, environment, layout)).find((one) => one.rule === rule);
  if (found === undefined) return undefined;
  if ("by" in found) return { by: found.by, exactness: found.exactness };
  const exactness = "refused" in found ? ({ is: "refused", reason: found.refused } as const) : found.exactness;
  return { by: "promql" in found ? "CloudWatch in PromQL, by email" : "CloudWatch, by email", exactness };
}
