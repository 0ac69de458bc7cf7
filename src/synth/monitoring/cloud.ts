import { onceForBoth } from "../../lib/once-for.ts";
import type { AlertRule } from "../../signals/rules/ruleset.ts";
import type { Environment } from "../../spec/environment.ts";
import { layoutOf } from "../layout.ts";
import type { Subject } from "../subject.ts";
import { googlePolicies } from "./google/watched.ts";
import { heldInCloudWatch } from "../terraform/aws/alarms.ts";
import { placeOf } from "../terraform/aws/place.ts";
import type { Held } from "./held.ts";
import type { Watch } from "./watch.ts";

/** What an environment's cloud makes of an alert; nothing where the spec's tools leave it to others. */
export function cloudHeld({ subject, environment }: Watch, rule: AlertRule): Held | undefined {
  switch (environment.cloud) {
    case "gcp":
      return onGoogle(subject, environment, rule);
    case "aws":
      return onAws(subject, environment, rule);
    case "azure":
    case "local":
      return undefined;
  }
}

function onGoogle(subject: Subject, environment: Environment, rule: AlertRule): Held | undefined {
  const found = googlePolicies(subject, environment).find((one) => one.rule === rule);
  if (found === undefined) return undefined;
  if ("by" in found) return { by: found.by, exactness: found.exactness };
  const exactness = "policy" in found ? found.policy.exactness : ({ is: "refused", reason: found.refused } as const);
  return { by: "Cloud Monitoring", exactness };
}

const inCloudWatch = onceForBoth((subject: Subject, environment: Environment) =>
  heldInCloudWatch(placeOf(subject, environment, layoutOf(subject))),
);

function onAws(subject: Subject, environment: Environment, rule: AlertRule): Held | undefined {
  const found = inCloudWatch(subject, environment).find((one) => one.rule === rule);
  if (found === undefined) return undefined;
  if ("by" in found) return { by: found.by, exactness: found.exactness };
  const exactness = "refused" in found ? ({ is: "refused", reason: found.refused } as const) : found.exactness;
  return { by: "promql" in found ? "CloudWatch in PromQL, by email" : "CloudWatch, by email", exactness };
}
