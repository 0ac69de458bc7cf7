import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { z } from "zod";
import { googlePolicies } from "../../src/synth/monitoring/google/watched.ts";
import { collector, loki, tempo } from "../support/monitoring/collector-schema.ts";
import { cases, ending, environmentsOf, monitoringOf } from "../support/monitoring/watches.ts";

type Collector = z.infer<typeof collector>;

const bytereview = cases.find(({ example }) => example === "bytereview") as (typeof cases)[number];

async function collectorOf(environment: string): Promise<Collector> {
  const text = (await monitoringOf(bytereview)).get(`infra/monitoring/${environment}/collector.yaml`);
  return collector.parse(parse(text ?? ""));
}

describe.each(cases)("$title", (one) => {
  test("has collectors, Loki and Tempo as they document their settings, with nothing else in them", async () => {
    const files = await monitoringOf(one);
    for (const [, text] of ending(files, /\/collector\.yaml$/))
      expect(collector.safeParse(parse(text)).error?.issues).toBe(undefined);
    for (const [, text] of ending(files, /\/loki\.yaml$/)) expect(loki.safeParse(parse(text)).error?.issues).toBe(undefined);
    for (const [, text] of ending(files, /\/tempo\.yaml$/)) expect(tempo.safeParse(parse(text)).error?.issues).toBe(undefined);
  });
});

test("the tools that a spec names have files, and no others do", async () => {
  const kinds = async (example: string) => {
    const one = cases.find((other) => other.example === example) as (typeof cases)[number];
    const names = [...(await monitoringOf(one)).keys()].flatMap(
      (path) => /\/(collector|loki|tempo|sentry)\.(?:yaml|env)$/.exec(path)?.[1] ?? [],
    );
    return [...new Set(names)].toSorted();
  };
  expect(await kinds("cpa-platform")).toEqual(["collector", "loki", "sentry", "tempo"]);
  expect(await kinds("ai-governance")).toEqual(["loki"]);
  expect(await kinds("bytereview")).toEqual(["collector"]);
  expect(await kinds("codementor")).toEqual([]);
  expect(await kinds("proveniq-ledger")).toEqual([]);
});

// BYT-18, read from the document.
test.each([
  ["prod", 95],
  ["staging", 10],
  ["dev", 0],
])("in %s, %d %% of the traces go to Cloud Trace", async (environment, share) => {
  const { processors, exporters, service } = await collectorOf(environment);
  expect(processors.probabilistic_sampler?.sampling_percentage).toBe(share);
  expect(service.pipelines.traces?.processors).toContain("probabilistic_sampler");
  expect(service.pipelines.traces?.exporters).toEqual(["googlecloud"]);
  expect(exporters.googlecloud?.project).toMatch(environment === "prod" ? /^bytereview-prod$/ : /^br-/);
});

test("what Cloud Monitoring's policies ask for under the services' own names, somebody hands to it", async () => {
  const asked = new Set<string>();
  for (const { subject, environment } of await environmentsOf(bytereview))
    for (const held of googlePolicies(subject, environment))
      if ("policy" in held && !/googleapis_com:/.test(held.policy.query)) asked.add(environment.environment);
  expect([...asked].toSorted()).toEqual(["dev", "prod", "staging"]);
  for (const environment of asked) {
    const { exporters, processors, service } = await collectorOf(environment);
    expect(service.pipelines.metrics).toEqual({
      receivers: ["otlp"],
      processors: ["memory_limiter", "transform/service", "resource", "batch"],
      exporters: ["googlemanagedprometheus"],
    });
    expect(exporters.googlemanagedprometheus?.project).toBe(exporters.googlecloud?.project);
    expect(processors["transform/service"]?.metric_statements[0]?.statements).toEqual([
      'set(attributes["service"], resource.attributes["service.name"]) where attributes["service"] == nil',
    ]);
  }
});

// BYT-15: health checks and progress polls are left out, before anything is sampled or sent.
describe("what ByteReview leaves out", () => {
  test.each([
    ["api", "/health", true],
    ["api", "/health/ready", true],
    ["frontend", "/health", true],
    ["api", "/api/progress/42", true],
    ["api", "/api/progress/42/more", true],
    ["api", "/api/documents", false],
    ["api", "/api/progress", false],
    ["frontend", "/api/progress/42", false],
    ["api", "/healthy", false],
  ])("%s %s: %s", async (service, path, dropped) => {
    const { processors, service: wiring } = await collectorOf("prod");
    const filter = processors["filter/dropped"];
    expect(wiring.pipelines.logs?.processors.indexOf("filter/dropped")).toBe(1);
    expect(wiring.pipelines.traces?.processors.indexOf("filter/dropped")).toBe(1);
    const holds = (conditions: readonly string[] = []) => conditions.some((one) => isTrue(one, service, path));
    expect([holds(filter?.traces.span), holds(filter?.logs.log_record)]).toEqual([dropped, dropped]);
  });
});

/** Reads the conditions as OTTL does, as far as they are written here: a service, and a path under either of its names. */
function isTrue(condition: string, service: string, path: string): boolean {
  const text = condition.replaceAll("$$", "$");
  const of = /^resource\.attributes\["service\.name"\] == ("(?:[^"\\]|\\.)*") and \((.+)\)$/.exec(text);
  if (of === null || JSON.parse(of[1] ?? "") !== service) return false;
  return (of[2] ?? "").split(" or ").some((test) => {
    const equal = / == ("(?:[^"\\]|\\.)*")$/.exec(test);
    if (equal !== null) return JSON.parse(equal[1] ?? "") === path;
    const like = /^IsMatch\([^,]+, ("(?:[^"\\]|\\.)*")\)$/.exec(test);
    return like !== null && new RegExp(JSON.parse(like[1] ?? "") as string).test(path);
  });
}

describe("what is written wrong is refused", () => {
  const wrong: readonly (readonly [string, (config: Collector) => void])[] = [
    ["a pipeline to an exporter that is not there", (config) => config.service.pipelines.traces?.exporters.push("otlp/nowhere")],
    [
      "a share of more than all",
      (config) => Object.assign(config.processors.probabilistic_sampler ?? {}, { sampling_percentage: 950 }),
    ],
    [
      "a filter that nothing uses",
      (config) => Object.values(config.service.pipelines).forEach((one) => one?.processors.splice(1, 1)),
    ],
    ["a field that the collector does not know", (config) => Object.assign(config.processors.batch, { size: 1 })],
  ];
  test.each(wrong)("%s", async (_, spoil) => {
    const config = structuredClone(await collectorOf("prod"));
    expect(collector.safeParse(config).success).toBe(true);
    spoil(config);
    expect(collector.safeParse(config).success).toBe(false);
  });
});

test("what Sentry's clients read says where they are, and holds no secret", async () => {
  const one = cases.find(({ example }) => example === "cpa-platform") as (typeof cases)[number];
  const text = (await monitoringOf(one)).get("infra/monitoring/production/sentry.env") ?? "";
  expect(text).toContain("SENTRY_ENVIRONMENT=production\n");
  expect(text).not.toMatch(/^SENTRY_DSN=/m);
});
