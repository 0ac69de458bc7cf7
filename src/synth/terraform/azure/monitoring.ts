import { type Entry, type Value, expression, quoted } from "../../text/hcl.ts";
import { lagSeconds, receiversOf, uptimesOf } from "./alerts.ts";
import { call, callOf, lines, livePlace } from "./calls.ts";
import { labelOf, partsOf } from "./modules.ts";
import type { Database, Plan } from "./plan.ts";

/** Alerts on what only Azure sees, the logs of who did what, the view from outside, and the budget. */
export function monitoring(plan: Plan): Entry {
  const to = receiversOf(plan.environment)[0]?.role ?? "";
  const budget = plan.environment.budget?.monthly;
  return call(plan, "monitoring", [
    livePlace(expression("var.name")),
    {
      receivers: expression("var.receivers"),
      logs: logs(plan),
      alerts: lines("merge(", ...clusterAlerts(plan, to), ...plan.databases.flatMap((one) => databaseAlerts(plan, one, to)), ")"),
      uptime: uptime(plan, to),
    },
    budget === undefined
      ? {}
      : {
          budget: expression(`merge(var.budget, { to = ${quoted(to)} })`),
          resource_groups: expression("{ for region, group in azurerm_resource_group.this : region => group.id }"),
        },
  ]);
}

function logs(plan: Plan): Value {
  const of = (label: string, what: string, categories: readonly string[]) =>
    `  { for region, one in module.${label} : "${what} \${region}" => { id = one.${what === "vault" ? "vault_id" : "id"}, categories = [${categories
      .map(quoted)
      .join(", ")}] } },`;
  return lines(
    "merge(",
    of(labelOf(plan, "cluster"), "cluster", ["kube-audit-admin", "guard", "cluster-autoscaler"]),
    of(labelOf(plan, "encryption"), "vault", ["AuditEvent"]),
    "  {",
    `    secrets = { id = ${callOf(plan, "secrets")}.vault_id, categories = ["AuditEvent"] }`,
    ...plan.databases.map(({ label }) => `    ${label} = { id = module.${label}.id, categories = ["PostgreSQLLogs"] }`),
    ...(partsOf(plan).includes("registry")
      ? [
          `    registry = { id = ${callOf(plan, "registry")}.id, categories = ["ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"] }`,
        ]
      : []),
    "  },",
    ")",
  );
}

type Alert = {
  readonly name: string;
  readonly of: string;
  readonly namespace: string;
  readonly metric: string;
  readonly aggregation: "Average" | "Maximum" | "Minimum";
  readonly is: "GreaterThan" | "LessThan";
  readonly threshold: number | string;
  readonly severity: "critical" | "high" | "warning";
  readonly means: string;
  readonly to: string;
};

function alertLines({ name, of, threshold, ...rest }: Alert, indent: string): readonly string[] {
  const texts = Object.entries({ ...rest }).map(([key, value]) => [key, quoted(value)] as const);
  const pairs = [["of", of] as const, ...texts, ["threshold", String(threshold)] as const];
  const width = Math.max(...pairs.map(([key]) => key.length));
  return [`${indent}${name} = {`, ...pairs.map(([key, value]) => `${indent}  ${key.padEnd(width)} = ${value}`), `${indent}}`];
}

function clusterAlerts(plan: Plan, to: string): readonly string[] {
  const alerts = [
    {
      name: "nodes' CPU",
      metric: "node_cpu_usage_percentage",
      threshold: 90,
      means: "The nodes have no processor left, and the autoscaler is at its largest",
    },
    {
      name: "nodes' memory",
      metric: "node_memory_working_set_percentage",
      threshold: 90,
      means: "Pods are about to be killed for want of memory",
    },
    { name: "nodes' disks", metric: "node_disk_usage_percentage", threshold: 85, means: "Images and logs fill the nodes' disks" },
  ];
  return alerts.flatMap(({ name, ...rest }) => [
    `  { for region, one in module.${labelOf(plan, "cluster")} :`,
    ...alertLines(
      {
        name: `"${name} in \${region}"`,
        of: "one.id",
        namespace: "Microsoft.ContainerService/managedClusters",
        aggregation: "Average",
        is: "GreaterThan",
        severity: "warning",
        to,
        ...rest,
      },
      "    ",
    ).map((line, index) => (index === 0 ? line.replace(" = {", " => {") : line)),
    "  },",
  ]);
}

function databaseAlerts(plan: Plan, { key, label, resource }: Database, to: string): readonly string[] {
  const common = { of: `module.${label}.id`, namespace: "Microsoft.DBforPostgreSQL/flexibleServers", to } as const;
  const named = (what: string) => quoted(`${key} ${what}`);
  const alerts: readonly Alert[] = [
    {
      ...common,
      name: named("is down"),
      metric: "is_db_alive",
      aggregation: "Maximum",
      is: "LessThan",
      threshold: 1,
      severity: "critical",
      means: "The database answers nobody",
    },
    {
      ...common,
      name: named("has no CPU left"),
      metric: "cpu_percent",
      aggregation: "Average",
      is: "GreaterThan",
      threshold: 85,
      severity: "warning",
      means: "Queries wait for the processor: look for the slow ones, then choose a bigger machine",
    },
    {
      ...common,
      name: named("has little room"),
      metric: "storage_percent",
      aggregation: "Maximum",
      is: "GreaterThan",
      threshold: 85,
      severity: "high",
      means: "Storage grows by itself, but not without end",
    },
    {
      ...common,
      name: named("has few connections left"),
      metric: "active_connections",
      aggregation: "Maximum",
      is: "GreaterThan",
      threshold: `floor(var.${label}.max_connections * 0.9)`,
      severity: "high",
      means: "Nine in ten connections are taken: the next release may find none",
    },
  ];
  const lag: Alert = {
    ...common,
    name: `"${key} \${name} is behind"`,
    of: "id",
    metric: "physical_replication_delay_in_seconds",
    aggregation: "Maximum",
    is: "GreaterThan",
    threshold: lagSeconds(plan, key),
    severity: "high",
    means: "What a failover to it would lose grows",
  };
  return [
    "  {",
    ...alerts.flatMap((one) => alertLines(one, "    ")),
    "  },",
    ...((resource.replicas ?? []).length === 0
      ? []
      : [
          `  { for name, id in module.${label}.replica_ids :`,
          ...alertLines(lag, "    ").map((line, index) => (index === 0 ? line.replace(" = {", " => {") : line)),
          "  },",
        ]),
  ];
}

function uptime(plan: Plan, to: string): Value | undefined {
  const all = uptimesOf(plan.environment);
  return all.length === 0
    ? undefined
    : Object.fromEntries(all.map(({ name, url, timeoutSeconds }) => [name, { url, timeout_seconds: timeoutSeconds, to }]));
}
