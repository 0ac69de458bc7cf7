import { type Entry, type Value, expression } from "../../text/hcl.ts";
import { lagSeconds, uptimesOf } from "./alerts.ts";
import { call, callOf, livePlace } from "./calls.ts";
import { labelOf, partsOf } from "./modules.ts";
import type { Database, Plan } from "./plan.ts";

/** Alerts on what only Azure sees, the logs of who did what, the view from outside, and the budget. */
export function monitoring(plan: Plan): Entry {
  const regional = (label: string, output: string) => `{ for region, one in module.${label} : region => one.${output} }`;
  return call(plan, "monitoring", [
    livePlace(expression("var.name")),
    {
      emails: expression("var.emails"),
      clusters: expression(regional(labelOf(plan, "cluster"), "id")),
      vaults: expression(
        `merge(${regional(labelOf(plan, "encryption"), "vault_id")}, { secrets = ${callOf(plan, "secrets")}.vault_id })`,
      ),
      registries: partsOf(plan).includes("registry") ? { images: expression(`${callOf(plan, "registry")}.id`) } : undefined,
      databases:
        plan.databases.length === 0 ? undefined : Object.fromEntries(plan.databases.map((one) => [one.key, watched(plan, one)])),
      uptime: uptime(plan),
    },
    plan.environment.budget?.monthly === undefined
      ? {}
      : {
          budget: expression("var.budget"),
          resource_groups: expression("{ for region, group in azurerm_resource_group.this : region => group.id }"),
        },
  ]);
}

function watched(plan: Plan, { key, label, resource }: Database): Value {
  const replicas = (resource.replicas ?? []).length > 0;
  return {
    id: expression(`module.${label}.id`),
    max_connections: expression(`var.${label}.max_connections`),
    replica_ids: replicas ? expression(`module.${label}.replica_ids`) : undefined,
    lag_seconds: replicas ? lagSeconds(plan, key) : undefined,
  };
}

function uptime(plan: Plan): Value | undefined {
  const all = uptimesOf(plan.environment);
  return all.length === 0
    ? undefined
    : Object.fromEntries(all.map(({ name, url, timeoutSeconds }) => [name, { url, timeout_seconds: timeoutSeconds }]));
}
