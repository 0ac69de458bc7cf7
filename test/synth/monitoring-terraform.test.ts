import { parse } from "@cdktf/hcl2json";
import { beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { googlePolicies } from "../../src/synth/monitoring/google/watched.ts";
import { needsCollector } from "../../src/synth/monitoring/collector/config.ts";
import { cases, environmentsOf } from "../support/monitoring/watches.ts";
import { filesOf } from "../support/synth.ts";

// What Terraform brings to Cloud Monitoring and CloudWatch: the documents' alerts with whom they tell, and their dashboards.

type Json = Readonly<Record<string, unknown>>;
type Files = ReadonlyMap<string, { readonly text: string }>;
let bytereview: Files;
let ledger: Files;
let cpa: Files;
beforeAll(async () => {
  bytereview = await filesOf("bytereview");
  ledger = await filesOf("proveniq-ledger");
  cpa = await filesOf("cpa-platform");
});

const read = async (files: Files, path: string): Promise<Json> => {
  const file = files.get(path);
  if (file === undefined) throw new Error(`there is no ${path}`);
  return (await parse(path, file.text)) as Json;
};
const callOf = async (files: Files, path: string, label: string): Promise<Json> =>
  ((await read(files, path))["module"] as Readonly<Record<string, readonly Json[]>>)[label]?.[0] ?? {};

describe("Cloud Monitoring", () => {
  type Policy = {
    readonly name: string;
    readonly query: string;
    readonly severity: string;
    readonly channels: readonly string[];
    readonly for_seconds?: number;
  };

  // BYT-17, read from the document.
  test.each([
    ["API errors", "critical", "pagerduty platform", /\[5m\].* > 0\.02\b/s, undefined],
    ["Queue depth: extraction", "warning", "slack #ops", /queue="extraction".* > 10000\b/s, 600],
    ["Queue depth: imports", "warning", "slack #ops", /queue="imports".* > 10000\b/s, 600],
    ["Redis memory", "warning", "pagerduty platform", /redis_googleapis_com:stats_memory_usage_ratio.* > 0\.8\b/s, undefined],
    [
      "Cold starts",
      "warning",
      "slack #ops",
      /histogram_quantile\(0\.95, .*container_startup_latencies_bucket.* > 5000\b/s,
      undefined,
    ],
  ])("BYT-17: %s is a policy of %s that tells %s", async (name, severity, channel, query, seconds) => {
    const alerts = (await read(bytereview, "infra/envs/prod/main.tfvars"))["alerts"] as readonly Policy[];
    const policy = alerts.find((one) => one.name === name);
    expect(policy).toMatchObject({ severity, channels: [channel], query: expect.stringMatching(query) as string });
    expect(policy?.for_seconds).toBe(seconds);
  });

  test("BYT-17: the channels are there, and PagerDuty's key is in the store of secrets", async () => {
    expect(await callOf(bytereview, "infra/envs/prod/monitoring.tf", "channels")).toMatchObject({
      email: { "email finance@bytereview.ai": "finance@bytereview.ai" },
      slack: { "slack #ops": "#ops" },
      pagerduty: { "pagerduty platform": '${module.secrets.ids["pagerduty-key"]}' },
    });
    expect(await callOf(bytereview, "infra/envs/prod/monitoring.tf", "alerts")).toMatchObject({
      alerts: "${var.alerts}",
      channels: "${module.channels.ids}",
    });
  });

  test("BYT-17: the budget tells at 85 % of the month", async () => {
    expect((await read(bytereview, "infra/envs/prod/main.tfvars"))["budget"]).toMatchObject({ alert_at: [0.5, 0.75, 0.85, 0.9] });
  });

  // BYT-16, LED-08: which files go to which project.
  test.each([
    ["BYT-16", "bytereview", "infra/envs/prod/monitoring.tf", ["api-slo", "gcp-costs", "vertex-usage", "workers"]],
    ["LED-08", "proveniq-ledger", "infrastructure/terraform/environments/sandbox/monitoring.tf", ["sandbox-health"]],
  ] as const)("%s: Terraform brings the dashboards of %s, from files that are written", async (_, example, path, names) => {
    const files = example === "bytereview" ? bytereview : ledger;
    const { dashboards } = (await callOf(files, path, "dashboards")) as { readonly dashboards: Readonly<Record<string, string>> };
    expect(Object.keys(dashboards).toSorted()).toEqual(names);
    const folder = path.slice(0, path.lastIndexOf("/"));
    for (const text of Object.values(dashboards)) {
      const file = /^\$\{file\("\$\{path\.module\}\/(.+)"\)\}$/.exec(text)?.[1] ?? "";
      const at = new URL(`${folder}/${file}`, "file:///").pathname.slice(1);
      expect([at, files.has(at)]).toEqual([at, true]);
    }
  });

  test.each(cases.filter(({ example }) => ["bytereview", "codementor", "proveniq-ledger"].includes(example)))(
    "no policy of $title asks for what services measure themselves where nobody hands it on",
    async (one) => {
      for (const watch of await environmentsOf(one)) {
        const { environment } = watch;
        const own = googlePolicies(watch.subject, environment).flatMap((held) =>
          "policy" in held && !held.policy.query.includes("googleapis_com:") ? [held.policy.name] : [],
        );
        // In a cluster of GKE, Google's own collection asks the pods.
        const handed = needsCollector(watch) || ("runs" in environment && environment.runs === "gke");
        if (!handed) expect({ in: environment.environment, own }).toEqual({ in: environment.environment, own: [] });
      }
    },
  );

  test("LED-08: in a cluster of GKE pods are asked for what the policy on errors is about, under the names of the spec", () => {
    const text = ledger.get("infrastructure/kubernetes/overlays/sandbox/monitoring.yaml")?.text ?? "";
    const [first] = parseAllDocuments(text).map((one) => one.toJSON() as PodMonitoring);
    expect(first).toMatchObject({
      kind: "PodMonitoring",
      spec: {
        selector: { matchLabels: { "app.kubernetes.io/name": "ledger-api" } },
        endpoints: [{ path: "/metrics", metricRelabeling: [{ action: "replace", targetLabel: "service", replacement: "api" }] }],
      },
    });
  });
});

type PodMonitoring = { readonly kind: string; readonly spec: Json };

describe("CloudWatch", () => {
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
  const place = { x: z.int().min(0).max(23), y: z.int().min(0), width: z.int().min(1).max(24), height: z.int().min(1) };
  const widget = z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("metric"),
      ...place,
      properties: z.strictObject({
        title: z.string().min(1),
        region: z.string(),
        view: z.enum(["timeSeries", "singleValue", "gauge", "bar", "pie", "table"]),
        metrics: z.array(z.array(z.union([z.string(), z.record(z.string(), z.unknown())])).min(1)).min(1),
      }),
    }),
    z.strictObject({ type: z.literal("text"), ...place, properties: z.strictObject({ markdown: z.string().min(1) }) }),
  ]);
  const body = z.strictObject({ widgets: z.array(widget).min(1) });
  type Body = z.infer<typeof body>;

  async function dashboards(): Promise<ReadonlyMap<string, unknown>> {
    const { dashboards: given } = (await callOf(cpa, "infra/production/monitoring.tf", "monitoring")) as {
      readonly dashboards: Readonly<Record<string, string>>;
    };
    const bodies = await Promise.all(
      Object.entries(given).map(async ([name, text]) => {
        // What is within jsonencode(…) is an expression: read as the value of an attribute.
        const inside = /^\$\{jsonencode\(([^]*)\)\}$/.exec(text)?.[1] ?? "";
        return [name, ((await parse("a.tf", `a = ${inside}\n`)) as Json)["a"]] as const;
      }),
    );
    return new Map(bodies);
  }

  // CPA-10, read from the document: what AWS measures of it is drawn, and what it does not says so in its place.
  const asked: Readonly<Record<string, readonly string[]>> = {
    database: ["Connection pool", "Query latency", "Replication lag", "Disk usage"],
    redis: ["Hit rate", "Memory usage", "Connection count"],
    "service-health": ["Request rate", "Error rate", "Latency p50, p95, p99"],
  };

  test("CPA-10: has the dashboards of which AWS measures something, with every panel, drawn or said why not", async () => {
    const found = await dashboards();
    expect([...found.keys()].toSorted()).toEqual(Object.keys(asked));
    for (const [name, given] of found) {
      expect([name, body.safeParse(given).error?.issues ?? []]).toEqual([name, []]);
      const titles = (given as Body).widgets.map((one) =>
        one.type === "metric" ? one.properties.title : /^\*\*(.+)\*\* is not drawn here: ./.exec(one.properties.markdown)?.[1],
      );
      expect([name, titles]).toEqual([name, asked[name]]);
    }
  });

  test("CPA-10: most of it is drawn, from metrics of AWS's or what is reckoned from them", async () => {
    const drawn = [...(await dashboards()).values()]
      .flatMap((given) => (given as Body).widgets)
      .filter(({ type }) => type === "metric");
    expect(drawn.length).toBeGreaterThanOrEqual(8);
    for (const one of drawn)
      if (one.type === "metric")
        for (const [first] of one.properties.metrics)
          expect(typeof first === "string" ? first : "reckoned").toMatch(
            /^(AWS\/(RDS|ElastiCache|ApplicationELB|ECS)|reckoned)$/,
          );
  });

  test.each<readonly [string, (given: Body) => void]>([
    ["a widget of no kind", (given) => Object.assign(given.widgets[0] ?? {}, { type: "chart" })],
    ["a widget beyond the edge", (given) => Object.assign(given.widgets[0] ?? {}, { x: 24 })],
    ["a field that CloudWatch does not know", (given) => Object.assign(given, { panels: [] })],
    ["a view that is none", (given) => Object.assign(given.widgets[0]?.properties ?? {}, { view: "line" })],
  ])("%s is refused", async (_, spoil) => {
    const given = structuredClone((await dashboards()).get("database")) as Body;
    expect(body.safeParse(given).success).toBe(true);
    spoil(given);
    expect(body.safeParse(given).success).toBe(false);
  });
});
