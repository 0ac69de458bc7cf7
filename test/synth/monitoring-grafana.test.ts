import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { z } from "zod";
import { mistakes } from "../support/monitoring/promql-mistakes.ts";
import { alerting, dashboard, datasources, provider } from "../support/monitoring/grafana-schema.ts";
import { cases, ending, monitoringOf } from "../support/monitoring/watches.ts";

type Dashboard = z.infer<typeof dashboard>;

const withGrafana = cases.filter(({ example }) => example === "cpa-platform" || example === "ai-governance");

async function dashboardsOf(one: (typeof cases)[number]): Promise<readonly Dashboard[]> {
  return ending(await monitoringOf(one), /\/grafana\/dashboards\/.+\.json$/).map(([, text]) => JSON.parse(text) as Dashboard);
}

describe.each(withGrafana)("Grafana of $title", (one) => {
  test("has dashboards as Grafana's model has them, with nothing else in them", async () => {
    const found = await dashboardsOf(one);
    expect(found.length).toBeGreaterThan(0);
    for (const model of found) expect(dashboard.safeParse(model).error?.issues ?? []).toEqual([]);
  });

  test("gives each dashboard a name of its own that stays", async () => {
    const uids = (await dashboardsOf(one)).map(({ uid }) => uid);
    expect(new Set(uids).size).toBe(uids.length);
    for (const { uid, title } of await dashboardsOf(one))
      expect(uid).toBe(`${one.example}-${title.toLowerCase().replaceAll(" ", "-")}`);
  });

  test("asks only what is PromQL", async () => {
    for (const { panels } of await dashboardsOf(one))
      for (const { targets } of panels) for (const { expr } of targets) expect([expr, mistakes(expr)]).toEqual([expr, 0]);
  });

  test("is provisioned as it documents", async () => {
    const files = await monitoringOf(one);
    const sources = ending(files, /\/grafana\/datasources\/datasources\.yaml$/);
    const providers = ending(files, /\/grafana\/dashboards\/provider\.yaml$/);
    expect([sources.length > 0, providers.length]).toEqual([true, sources.length]);
    for (const [, text] of sources) expect(datasources.safeParse(parse(text)).error?.issues ?? []).toEqual([]);
    for (const [, text] of providers) expect(provider.safeParse(parse(text)).error?.issues ?? []).toEqual([]);
    for (const [, text] of ending(files, /\/alerting\.yaml$/))
      expect(alerting.safeParse(parse(text)).error?.issues ?? []).toEqual([]);
  });
});

describe("what is written wrong is refused", () => {
  const given = async () => structuredClone((await dashboardsOf(withGrafana[0] as (typeof cases)[number]))[0]) as Dashboard;
  const wrong: readonly (readonly [string, (model: Dashboard) => void])[] = [
    ["a field that Grafana does not know", (model) => Object.assign(model, { panel: [] })],
    ["a panel without a query", (model) => model.panels[0]?.targets.splice(0)],
    ["a unit that is none", (model) => Object.assign(model.panels[0]?.fieldConfig.defaults ?? {}, { unit: "percents" })],
    ["panels on each other", (model) => Object.assign(model.panels[1]?.gridPos ?? {}, { x: 0, y: 0 })],
    ["a panel without a place", (model) => Object.assign(model.panels[0] ?? {}, { gridPos: undefined })],
  ];
  test.each(wrong)("%s", async (_, spoil) => {
    const model = await given();
    expect(dashboard.safeParse(model).success).toBe(true);
    spoil(model);
    expect(dashboard.safeParse(model).success).toBe(false);
  });
});

describe("what the documents name", () => {
  // CPA-10 and GOV-10, read from the documents.
  const asked = {
    "cpa-platform": {
      "Service Health": ["Request rate", "Error rate", "Latency p50, p95, p99"],
      Database: ["Connection pool", "Query latency", "Replication lag", "Disk usage"],
      Redis: ["Hit rate", "Memory usage", "Connection count"],
      Temporal: ["Workflow throughput", "Failure rate", "Queue depth"],
      Business: ["Active tenants", "Documents processed", "Invoices generated"],
      Security: ["Failed logins", "Rate limit hits", "RLS violations"],
    },
    "ai-governance": {
      API: ["Latency", "Throughput"],
      Database: ["Query duration", "Connection pool"],
      Containers: ["CPU", "Memory", "Uptime"],
      Governance: ["Framework executions", "Compliance checks"],
    },
  } as const;

  test.each(withGrafana)("is drawn of $title, in one folder", async (one) => {
    const found = await dashboardsOf(one);
    const panels = Object.fromEntries(found.map((model) => [model.title, model.panels.map(({ title }) => title)]));
    expect(panels).toEqual(asked[one.example as keyof typeof asked]);
    const paths = ending(await monitoringOf(one), /\/grafana\/dashboards\/.+\.json$/).map(([path]) => path.split("/").at(-2));
    expect(new Set(paths)).toEqual(new Set([one.example]));
  });

  test("units and legends say what a number is, and thresholds are those of the alerts", async () => {
    const found = await dashboardsOf(withGrafana[0] as (typeof cases)[number]);
    const panel = (name: string, title: string) =>
      found.find((model) => model.title === name)?.panels.find((one) => one.title === title);
    const latency = panel("Service Health", "Latency p50, p95, p99");
    expect(latency?.fieldConfig.defaults.unit).toBe("s");
    expect(latency?.targets.map(({ legendFormat }) => legendFormat)).toEqual(["p50", "p95", "p99"]);
    expect(latency?.fieldConfig.defaults.thresholds.steps.at(-1)).toEqual({ color: "red", value: 2 });
    expect(panel("Database", "Connection pool")?.fieldConfig.defaults).toMatchObject({
      unit: "percentunit",
      thresholds: { steps: [{ color: "green" }, { color: "red", value: 0.8 }] },
    });
    expect(panel("Service Health", "Request rate")?.fieldConfig.defaults.unit).toBe("ops");
  });
});

test("alerts of Grafana go where the document sends them", async () => {
  const files = await monitoringOf(cases.find(({ example }) => example === "cpa-platform") as (typeof cases)[number]);
  const text = files.get("infra/monitoring/production/grafana/alerting/alerting.yaml") ?? "";
  const { groups, contactPoints } = alerting.parse(parse(text));
  const kinds = new Map(contactPoints.map(({ name, receivers }) => [name, receivers.map(({ type }) => type).toSorted()]));
  const told = Object.fromEntries(
    groups.flatMap(({ rules }) =>
      rules.map(({ title, labels }) => [title, [labels["severity"], kinds.get(labels["notify"] ?? "")]]),
    ),
  );
  // CPA-11, read from the document; and what nothing measures any more is told beside it.
  expect(told).toEqual({
    "Backup failure: not measured": ["warning", ["pagerduty"]],
    "API error rate": ["critical", ["pagerduty"]],
    "API p99": ["high", ["slack"]],
    "DB connection pool": ["high", ["pagerduty"]],
    "DB replication lag": ["critical", ["pagerduty"]],
    "Redis memory": ["high", ["slack"]],
    "Disk usage": ["high", ["slack"]],
    "Temporal DLQ": ["high", ["email", "slack"]],
    "Failed login spike": ["critical", ["pagerduty"]],
    "Certificate expiry": ["medium", ["email"]],
    "Backup failure": ["critical", ["pagerduty"]],
  });
});
