import type { AlertRule, Exactness } from "../../signals/rules/ruleset.ts";
import { toolsBeside, type Watch, groundOf } from "./watch.ts";

/** Something that watches an alert, and how well. */
export type Held = { readonly by: string; readonly exactness: Exactness };

/** What an environment's cloud makes of each alert of the environment, by the alert's name; nothing where its tools leave it out. */
export type CloudHeld = (watch: Watch, rule: AlertRule) => Held | undefined;

/** All that watches an alert, the tools beside the product first. */
export function heldBy(watch: Watch, rule: AlertRule, cloud: CloudHeld): readonly Held[] {
  const beside = toolsBeside(watch.environment);
  const ground = groundOf(watch.environment);
  const prometheus = ground !== undefined && beside.prometheus;
  const missing = prometheus ? unseen(watch, rule) : undefined;
  const exactness: Exactness = missing === undefined ? { is: "exact" } : { is: "refused", reason: missing };
  const inCloud = cloud(watch, rule);
  return [
    ...(prometheus && beside.alertmanager ? [{ by: "Prometheus, told by Alertmanager", exactness }] : []),
    ...(prometheus && beside.alertsInGrafana ? [{ by: "Grafana, from Prometheus", exactness }] : []),
    ...(prometheus && !beside.alertmanager && !beside.alertsInGrafana ? [{ by: "Prometheus", exactness }] : []),
    ...(inCloud === undefined ? [] : [inCloud]),
  ];
}

/** The disk of a database that the cloud runs is seen by nobody's exporter. */
function unseen({ environment }: Watch, { when }: AlertRule): string | undefined {
  const of = when?.signal.of?.ref;
  if (when?.signal.measure !== "disk" || of === undefined || environment.cloud === "local") return undefined;
  const resource = environment.resources[of.slice(of.indexOf(".") + 1)];
  return resource?.kind === "postgres"
    ? "the machine of a database that the cloud runs has no exporter: the rule waits for one that gives node_filesystem_* with its name as resource"
    : undefined;
}
