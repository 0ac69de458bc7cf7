import { parse } from "@cdktf/hcl2json";
import { beforeAll, describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { promqlAlarmOf } from "../../src/signals/measures/cloudwatch/promql-alarm.ts";
import { parsePromql } from "../../src/signals/promql/parse.ts";
import { type Expr, partsOf } from "../../src/signals/promql/syntax/expr.ts";
import { rulesOf } from "../../src/signals/rules/rules-of.ts";
import type { Environment } from "../../src/spec/environment.ts";
import { synth } from "../../src/synth/index.ts";
import { layoutOf } from "../../src/synth/layout.ts";
import { heldInCloudWatch } from "../../src/synth/terraform/aws/alarms.ts";
import { placeOf } from "../../src/synth/terraform/aws/place.ts";
import { withProvider } from "../../src/synth/terraform/aws/provider.ts";
import type { Subject } from "../../src/synth/subject.ts";
import { collector } from "../support/monitoring/collector-schema.ts";
import { library, subjectOf } from "../support/synth.ts";
import { terraformProblems } from "../support/terraform-schema.ts";

// Alarms of CloudWatch in PromQL: only where the spec asks for them, in the form that the provider and CloudWatch take.

/** What PutMetricAlarm takes of a PromQL alarm, from AWS' reference, and what the module hands on to it. */
const alarm = z.strictObject({
  description: z.string().min(1).max(1_024),
  query: z.string().min(1).max(10_000),
  every_seconds: z.int().min(10).max(3_600).optional(),
  pending_seconds: z.int().min(0).max(86_400).optional(),
  recovery_seconds: z.int().min(0).max(86_400).optional(),
});

let cpa: Subject;
/** The same, with alarms in PromQL. */
let asking: Subject;
beforeAll(async () => {
  cpa = await subjectOf("cpa-platform");
  asking = askingFor(cpa);
});

function askingFor(subject: Subject): Subject {
  const environments = subject.environments.map((one) => ({ ...one, tools: { ...one.tools, cloudwatch: "promql" } }));
  return { ...subject, environments: environments as unknown as readonly Environment[] };
}

const written = new WeakMap<Subject, ReadonlyMap<string, string>>();
function filesOf(subject: Subject): ReadonlyMap<string, string> {
  const files = written.get(subject) ?? new Map(synth(subject).map(({ path, text }) => [path, text]));
  written.set(subject, files);
  return files;
}

function terraformOf(subject: Subject): ReadonlyMap<string, string> {
  return new Map([...filesOf(subject)].filter(([path]) => /\.(tf|tfvars)$/.test(path)));
}

function environmentOf(subject: Subject, name: string): Environment {
  const found = subject.environments.find(({ environment }) => environment === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

type Alarms = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
async function alarmsIn(subject: Subject, path: string): Promise<Alarms> {
  const { module } = (await parse(path, terraformOf(subject).get(path) ?? "")) as {
    readonly module: Readonly<Record<string, readonly { readonly alarms?: Alarms }[]>>;
  };
  return module["promql_alarms"]?.[0]?.alarms ?? {};
}

const monitoringOfProduction = "infra/production/monitoring.tf";

function held(subject: Subject, name: string) {
  const environment = environmentOf(subject, name);
  return heldInCloudWatch(placeOf(subject, environment, layoutOf(subject)));
}

describe("where nobody asks", () => {
  test("there is none, and the provider is that of everything else", () => {
    for (const [path, text] of terraformOf(cpa)) expect([path, text]).toEqual([path, expect.not.stringMatching(/promql|~> 6\./)]);
  });
});

describe("where the spec asks", () => {
  test("roots are right by the newer provider's schema, and so are all modules", { timeout: 60_000 }, async () => {
    const roots = new Map([...terraformOf(asking)].filter(([path]) => /^infra\/(production|modules)\//.test(path)));
    expect(await terraformProblems(roots)).toEqual([]);
    const modules = [...library()].filter(([path]) => path.startsWith("aws/"));
    expect(await terraformProblems(new Map(modules.map(([path, text]) => [path, withProvider(asking, text)])))).toEqual([]);
  });

  test("every root and module of AWS pins a provider that knows them, and none an older one", () => {
    const pins = [...terraformOf(asking)].flatMap(([path, text]) =>
      [...text.matchAll(/"hashicorp\/aws"\s+version\s*=\s*"([^"]+)"/g)].map(([, version]) => [path, version]),
    );
    expect(pins.length).toBeGreaterThan(20);
    for (const [path, version] of pins) expect([path, version]).toEqual([path, "~> 6.43"]);
  });

  test("the alarms are as CloudWatch takes them", async () => {
    const alarms = await alarmsIn(asking, monitoringOfProduction);
    expect(Object.keys(alarms)).toEqual(expect.arrayContaining(["Failed login spike", "API error rate"]));
    for (const [name, one] of Object.entries(alarms))
      expect([name, alarm.safeParse(one).error?.issues ?? []]).toEqual([name, []]);
  });

  test("each names its metrics, and asks for its own environment alone", async () => {
    for (const { query } of Object.values(await alarmsIn(asking, monitoringOfProduction))) {
      const parsed = parsePromql(String(query));
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
      const selectors = selectorsIn(parsed.expr);
      expect(selectors.length).toBeGreaterThan(0);
      for (const { name, matchers } of selectors) {
        expect(name).toMatch(/./);
        expect(matchers).toContainEqual({ name: "@resource.deployment.environment.name", op: "=", value: "production" });
      }
    }
  });

  test("requests are asked for under the quoted names that OpenTelemetry gives them", async () => {
    const { query } = (await alarmsIn(asking, monitoringOfProduction))["API error rate"] ?? {};
    expect(query).toContain('{"http.server.request.duration_count","@resource.service.name"="backend"');
    expect(query).toContain('"http.response.status_code"=~"5.."');
  });

  test("what metric math only comes near to is exact, what it refuses is there, and what it says exactly stays", () => {
    const before = new Map(held(cpa, "production").map((one) => [one.rule.name, one]));
    const after = held(asking, "production");
    const gained = after.filter((one) => "promql" in one);
    expect(gained.length).toBeGreaterThan(2);
    expect(gained.some(({ rule }) => "refused" in (before.get(rule.name) ?? {}))).toBe(true);
    for (const one of after) {
      const was = before.get(one.rule.name);
      if (was === undefined) throw new Error(one.rule.name);
      if ("exactness" in was && was.exactness.is === "exact") expect(one).toEqual(was);
      if ("promql" in one && !("refused" in was))
        expect([one.rule.name, one.exactness]).toEqual([one.rule.name, { is: "exact" }]);
    }
  });

  test("ten times of what is usual, which metric math has no words for, is one of them", async () => {
    expect(held(cpa, "production").find(({ rule }) => rule.name === "Failed login spike")).toHaveProperty("refused");
    const { query } = (await alarmsIn(asking, monitoringOfProduction))["Failed login spike"] ?? {};
    expect(query).toMatch(/offset 1h/);
  });

  test("a release is taken back by the alarm where it is now", () => {
    expect(terraformOf(cpa).get("infra/production/services.tf")).toContain('module.monitoring.alarm_names["API error rate"]');
    const text = terraformOf(asking).get("infra/production/services.tf");
    expect(text).toContain('module.promql_alarms.alarm_names["API error rate"]');
    expect(text).not.toContain('module.monitoring.alarm_names["API error rate"]');
  });

  test("the page says what has to run for them, and what was not tried", () => {
    const page = [...filesOf(asking)].find(([path]) => path === "infra/monitoring/README.md")?.[1] ?? "";
    expect(page).toContain("CloudWatch in PromQL, by email");
    expect(page).toContain("Until one runs, these alarms never ring.");
    expect(page).toContain("no alarm was made in an account to see it ring");
  });

  test("the collector scrapes what Prometheus would, and sends it there, signed", () => {
    const [path, text] = [...filesOf(asking)].find(([one]) => /\/production\/.*collector.*\.yaml$/.test(one)) ?? ["", ""];
    const config = parseYaml(text) as {
      readonly receivers: Readonly<
        Record<string, { readonly config?: { readonly scrape_configs: readonly { job_name: string }[] } }>
      >;
      readonly exporters: Readonly<Record<string, unknown>>;
      readonly service: { readonly pipelines: Readonly<Record<string, unknown>> };
    };
    expect([path, collector.safeParse(config).error?.issues ?? []]).toEqual([path, []]);
    const jobs = config.receivers["prometheus/cloudwatch"]?.config?.scrape_configs.map(({ job_name }) => job_name) ?? [];
    expect(jobs).toEqual(expect.arrayContaining(["services", "postgres", "redis", "pushed", "certificates"]));
    expect(config.exporters["otlphttp/cloudwatch"]).toEqual({
      metrics_endpoint: "https://monitoring.us-east-1.amazonaws.com/v1/metrics",
      auth: { authenticator: "sigv4auth" },
    });
    expect(config.service.pipelines["metrics/cloudwatch"]).toMatchObject({
      receivers: ["otlp", "prometheus/cloudwatch"],
      exporters: ["otlphttp/cloudwatch"],
    });
  });
});

describe("what the check of the files refuses", () => {
  const versions = (version: string) =>
    `terraform {\n  required_version = ">= 1.9"\n\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = "${version}"\n    }\n  }\n}\n`;
  const resource = (inside: string) =>
    `resource "aws_cloudwatch_metric_alarm" "this" {\n  alarm_name          = "a"\n  evaluation_interval = 60\n\n${inside}}\n`;
  const criteria = (inside: string) => resource(`  evaluation_criteria {\n    promql_criteria {\n${inside}    }\n  }\n`);
  const problems = (version: string, text: string) =>
    terraformProblems(
      new Map([
        ["m/versions.tf", versions(version)],
        ["m/main.tf", text],
      ]),
    );

  test.each([
    [
      "nothing, where it is as documented",
      "~> 6.43",
      criteria('      query           = "up == 0"\n      pending_period  = 300\n      recovery_period = 60\n'),
      [],
    ],
    [
      "an alarm in PromQL for a provider that does not know it",
      "~> 5.100",
      criteria('      query = "up == 0"\n'),
      ["evaluation_criteria is unknown"],
    ],
    ["one without a query", "~> 6.43", criteria("      pending_period = 300\n"), ["query is missing"]],
    [
      "a word that the provider does not have",
      "~> 6.43",
      criteria('      query    = "up == 0"\n      for_long = 5\n'),
      ["for_long is unknown"],
    ],
    [
      "criteria that are an attribute",
      "~> 6.43",
      resource('  evaluation_criteria = { query = "up == 0" }\n'),
      ["evaluation_criteria is a block"],
    ],
  ])("%s", async (_, version, text, wanted) => {
    const found = await problems(version, text);
    for (const one of wanted) expect(found.join("\n")).toContain(one);
    if (wanted.length === 0) expect(found).toEqual([]);
  });

  test.each([
    ["a query of nothing", { query: "" }],
    ["a query that is too long", { query: "x".repeat(10_001) }],
    ["a look every five seconds", { query: "up", every_seconds: 5 }],
    ["a wait of two days", { query: "up", pending_seconds: 172_800 }],
    ["another word", { query: "up", threshold: 1 }],
  ])("%s", (_, one) => {
    expect(alarm.safeParse({ description: "a", ...one }).success).toBe(false);
  });
});

describe("what cannot be an alarm in PromQL", () => {
  function ruleOf(change: (rule: ReturnType<typeof rulesOf>["alerts"][number]) => object) {
    const environment = environmentOf(cpa, "production");
    const rule = rulesOf(environment).alerts.find(({ name }) => name === "Failed login spike");
    if (rule === undefined) throw new Error("no rule");
    return promqlAlarmOf({ ...rule, ...change(rule) }, environment);
  }

  test("labels without a name", () => {
    expect(ruleOf(() => ({ when: undefined, expr: 'sum({job="x"}) > 0' }))).toMatchObject({
      is: "refused",
      reason: expect.stringContaining("name") as string,
    });
  });

  test("a name among the labels is one", () => {
    expect(ruleOf(() => ({ when: undefined, expr: '{__name__="x.y"} > 0' }))).toMatchObject({ is: "promql alarm" });
  });

  test("a wait of more than a day", () => {
    expect(ruleOf(() => ({ forMs: 2 * 86_400_000 }))).toMatchObject({ is: "refused", reason: "CloudWatch waits a day at most" });
  });

  test("what is looked at too often or too seldom is looked at as often as CloudWatch can", () => {
    expect(ruleOf(() => ({ everyMs: 1_000 }))).toMatchObject({ everySeconds: 10 });
    expect(ruleOf(() => ({ everyMs: 86_400_000 }))).toMatchObject({ everySeconds: 3_600 });
  });

  test("a query of more than ten thousand characters", () => {
    expect(ruleOf(() => ({ when: undefined, expr: `x{a="${"y".repeat(10_000)}"}` }))).toMatchObject({ is: "refused" });
  });
});

function selectorsIn(expr: Expr): readonly Extract<Expr, { kind: "selector" }>[] {
  return expr.kind === "selector" ? [expr] : partsOf(expr).flatMap(selectorsIn);
}
