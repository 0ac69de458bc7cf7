import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { cloudHeld } from "../../src/synth/monitoring/cloud.ts";
import { heldBy } from "../../src/synth/monitoring/held.ts";
import { googlePolicies } from "../../src/synth/monitoring/google/watched.ts";
import { mistakes } from "../support/monitoring/promql-mistakes.ts";
import { googleDashboard, googlePolicy } from "../support/monitoring/cloud-schema.ts";
import { cases, ending, environmentsOf, monitoringOf } from "../support/monitoring/watches.ts";

type Dashboard = z.infer<typeof googleDashboard>;
type Case = (typeof cases)[number];

const caseOf = (example: string) => cases.find((one) => one.example === example) as Case;
const onGoogle = cases.filter(({ example }) => ["bytereview", "codementor", "proveniq-ledger"].includes(example));

async function dashboardsOf(one: Case): Promise<readonly Dashboard[]> {
  return ending(await monitoringOf(one), /\/monitoring\/dashboards\/.+\.json$/).map(([, text]) => JSON.parse(text) as Dashboard);
}

describe.each(onGoogle)("Cloud Monitoring of $title", (one) => {
  test("has dashboards as its API has them, with nothing else in them", async () => {
    const found = await dashboardsOf(one);
    expect(found.length).toBeGreaterThan(0);
    for (const model of found) expect(googleDashboard.safeParse(model).error?.issues ?? []).toEqual([]);
  });

  test("is asked only what is PromQL", async () => {
    for (const { environment, subject } of await environmentsOf(one))
      for (const held of googlePolicies(subject, environment))
        if ("policy" in held) expect([held.policy.query, mistakes(held.policy.query)]).toEqual([held.policy.query, 0]);
    for (const { mosaicLayout } of await dashboardsOf(one))
      for (const text of JSON.stringify(mosaicLayout).matchAll(/"prometheusQuery":("(?:[^"\\]|\\.)*")/g)) {
        const expr = JSON.parse(text[1] ?? "") as string;
        expect([expr, mistakes(expr)]).toEqual([expr, 0]);
      }
  });
});

// BYT-16, LED-08 and MEN-02, read from the documents.
test.each([
  ["bytereview", "API SLO", ["Latency p95", "Error rate (5xx)", "Request rate", "Error budget left"]],
  ["bytereview", "Workers", ["Queue depth", "Job runtime p95", "Job failures"]],
  ["bytereview", "Vertex usage", ["Tokens a day", "429 rate"]],
  ["bytereview", "GCP costs", ["Services that cost most", "Daily budget vs actual"]],
  ["proveniq-ledger", "Sandbox Health", ["Requests", "Error rate", "Latency p95", "Database connections", "Load", "Spent today"]],
  ["codementor", "CodeMentor", ["Requests", "Errors", "Latency", "Database connections", "Cache memory"]],
])("%s has the dashboard %s with its panels", async (example, name, panels) => {
  const found = (await dashboardsOf(caseOf(example))).filter(({ displayName }) => displayName === name);
  expect(found.length).toBeGreaterThan(0);
  for (const { mosaicLayout } of found) expect(mosaicLayout.tiles.map(({ widget }) => widget.title)).toEqual(panels);
});

test("what Cloud Monitoring does not measure says so in its place", async () => {
  const costs = (await dashboardsOf(caseOf("bytereview"))).find(({ displayName }) => displayName === "GCP costs");
  for (const { widget } of costs?.mosaicLayout.tiles ?? [])
    if ("text" in widget) expect(widget.text.content).toMatch(/^Not drawn here: .+\. .+/);
});

test("a script's policies are as the API has them", async () => {
  const found = ending(await monitoringOf(caseOf("codementor")), /\/alerts\/.+\.json$/);
  expect(found.length).toBeGreaterThan(0);
  for (const [, text] of found) expect(googlePolicy.safeParse(JSON.parse(text)).error?.issues ?? []).toEqual([]);
});

describe("what a back end cannot hold exactly", () => {
  async function policyOf(example: string, environment: string, name: string) {
    const watch = (await environmentsOf(caseOf(example))).find((one) => one.environment.environment === environment);
    if (watch === undefined) throw new Error(`there is no ${environment}`);
    const held = googlePolicies(watch.subject, watch.environment).find(({ rule }) => rule.name === name);
    if (held === undefined) throw new Error(`there is no ${name}`);
    return { watch, held };
  }

  test("is marked as approximate where whoever is woken reads it", async () => {
    const { held } = await policyOf("bytereview", "prod", "Cold starts");
    expect("policy" in held && held.policy.exactness.is).toBe("approximate");
    expect("policy" in held && held.policy.means).toMatch(/\n\nApproximate: .+\.$/);
  });

  test("is not marked where it is exact", async () => {
    const { held } = await policyOf("bytereview", "prod", "API errors");
    expect("policy" in held && held.policy.means).not.toContain("Approximate");
  });

  test("has no policy where it is refused, and stands on the page as watched by nothing, with the reason", async () => {
    const watches = await environmentsOf(caseOf("bytereview"));
    const refused = watches.flatMap((watch) =>
      watch.rules.alerts.flatMap((rule) => {
        const held = heldBy(watch, rule, cloudHeld);
        return held.every(({ exactness }) => exactness.is === "refused") && watch.environment.cloud === "gcp"
          ? [{ rule, environment: watch.environment.environment, held }]
          : [];
      }),
    );
    expect(refused.length).toBeGreaterThan(0);
    const page = (await monitoringOf(caseOf("bytereview"))).get("infra/monitoring/README.md") ?? "";
    const section = page.slice(page.indexOf("### Watched by nothing"));
    for (const { rule, environment } of refused) expect(section).toContain(`${rule.name} in \`${environment}\``);
  });
});

describe.each(cases)("the page of $title", (one) => {
  test("has every alert of every environment that is watched", async () => {
    const page = ending(await monitoringOf(one), /\/monitoring\/README\.md$/)[0]?.[1] ?? "";
    for (const { environment, rules } of await environmentsOf(one))
      if (environment.cloud !== "local")
        for (const { name } of rules.alerts) expect(page).toContain(name.replace(/[[\]<>|*`~$_]/g, "\\$&"));
  });
});
