import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { parsePromql } from "../../src/signals/promql/parse.ts";
import { ruleFile } from "../../src/synth/monitoring/prometheus/rules.ts";
import { alertRule, ruleset } from "../support/monitoring/rules.ts";
import { judged } from "../support/monitoring/tools.ts";
import { cases, ending, environmentsOf, monitoringOf } from "../support/monitoring/watches.ts";
import { has } from "../support/programs.ts";

type Rule = { readonly expr: string; readonly alert?: string; readonly record?: string };
type Rules = { readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[] };
type Config = { scrape_configs: { job_name: string; kubernetes_sd_configs?: unknown; static_configs?: unknown[] }[] };

const withPrometheus = cases.filter(({ example }) => example === "cpa-platform" || example === "ai-governance");

/** The rules of every environment of every product, whichever tools its spec names. */
async function ruleFilesOf(one: (typeof cases)[number]): Promise<ReadonlyMap<string, string>> {
  const watches = await environmentsOf(one);
  return new Map(
    watches.map(({ environment, rules, channels, links }) => [
      `${environment.environment}.yml`,
      ruleFile(rules, channels, links),
    ]),
  );
}

describe.skipIf(!has("promtool")).each(cases)("promtool: $title", (one) => {
  test("accepts the rules of each environment", async () => {
    for (const [name, text] of await ruleFilesOf(one))
      expect(judged(new Map([[name, text]]), "promtool", ["check", "rules", name])).toMatchObject({ accepted: true });
  });
});

describe.skipIf(!has("promtool")).each(withPrometheus)("promtool: the configuration of $title", (one) => {
  test("is accepted with its rules", async () => {
    const files = await monitoringOf(one);
    const found = ending(files, /\/prometheus\/prometheus\.yml$/);
    expect(found.length).toBeGreaterThan(0);
    for (const [path, text] of found) {
      const folder = path.replace(/[^/]+$/, "");
      const account = ["token", "ca.crt"].map((name): [string, string] => [`${folder}account/${name}`, ""]);
      const given = new Map([...files, ...account, [path, withoutCluster(text)]]);
      expect(judged(given, "promtool", ["check", "config", path])).toMatchObject({ accepted: true });
    }
  });
});

/**
 * Debian's Prometheus is built without discovery in clusters: its place is taken by a target, and its fields are looked at below. What
 * a pod finds of its account lies beside the file.
 */
function withoutCluster(text: string): string {
  const config = parse(text) as Config;
  for (const job of config.scrape_configs)
    if (job.kubernetes_sd_configs !== undefined) {
      delete job.kubernetes_sd_configs;
      job.static_configs = [{ targets: ["localhost:1"] }];
    }
  return stringify(config).replaceAll("/var/run/secrets/kubernetes.io/serviceaccount/", "account/");
}

test("pods are found by their role and namespace, as Prometheus documents it", async () => {
  for (const one of cases.filter(({ example }) => example === "ai-governance"))
    for (const [, text] of ending(await monitoringOf(one), /(staging|production)\/prometheus\/prometheus\.yml$/)) {
      const discovered = (parse(text) as Config).scrape_configs.flatMap((job) =>
        job.kubernetes_sd_configs === undefined ? [] : [[job.job_name, job.kubernetes_sd_configs] as const],
      );
      expect(Object.fromEntries(discovered)).toEqual({
        services: [{ role: "pod", namespaces: { names: ["ai-governance"] } }],
        containers: [{ role: "node" }],
      });
    }
});

describe.skipIf(!has("promtool"))("promtool refuses", () => {
  const good = ruleFile(ruleset([alertRule({})]), [], () => undefined);
  const check = (text: string) => judged(new Map([["rules.yml", text]]), "promtool", ["check", "rules", "rules.yml"]).accepted;
  test.each([
    ["an expression that is none", good.replace("sum(rate", "sum(rat")],
    ["a field that it does not know", good.replace("expr:", "exprs:")],
    ["a template that never ends", good.replace("}} of the requests", "of the requests")],
    ["a span that is none", good.replace("interval: 30s", "interval: 30")],
  ])("%s", (_, wrong) => {
    expect(check(good)).toBe(true);
    expect(wrong).not.toBe(good);
    expect(check(wrong)).toBe(false);
  });

  test("a configuration with a job that scrapes nothing it knows", async () => {
    const [one] = withPrometheus;
    const files = await monitoringOf(one as (typeof cases)[number]);
    const [path, text] = ending(files, /local\/prometheus\/prometheus\.yml$/)[0] ?? ["", ""];
    const wrong = text.replace("static_configs", "static_config");
    expect(wrong).not.toBe(text);
    expect(judged(new Map([...files, [path, wrong]]), "promtool", ["check", "config", path]).accepted).toBe(false);
  });
});

describe.each(cases)("the rules of $title", (one) => {
  test("are in the subset that runs on a laptop too", async () => {
    for (const [, text] of await ruleFilesOf(one))
      for (const { rules } of (parse(text) as Rules).groups)
        for (const { expr } of rules) expect([expr, parsePromql(expr)]).toMatchObject([expr, { ok: true }]);
  });

  test("name each alert once, and say what is wrong, how bad it is, and what it is about", async () => {
    for (const { rules } of await environmentsOf(one)) {
      const ids = rules.alerts.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const alert of rules.alerts) expect(alert.summary).not.toBe("");
    }
  });
});

describe("text of a spec", () => {
  const hostile = 'a {{ template "x" }} $labels "quoted" `b`\nnext: {line}';
  const text = ruleFile(
    ruleset([alertRule({ name: hostile, description: hostile, owner: hostile })], { product: "shop", environment: "prod" }),
    [],
    () => undefined,
  );

  test.skipIf(!has("promtool"))("starts no template (promtool)", () => {
    expect(judged(new Map([["rules.yml", text]]), "promtool", ["check", "rules", "rules.yml"])).toMatchObject({ accepted: true });
  });

  test.skipIf(!has("promtool"))("is shown as it is (promtool)", () => {
    const tests = stringify({
      rule_files: ["rules.yml"],
      tests: [
        {
          interval: "30s",
          input_series: [
            { series: 'http_requests_total{service="api",status="200"}', values: "0+90x40" },
            { series: 'http_requests_total{service="api",status="500"}', values: "0+10x40" },
          ],
          alert_rule_test: [
            {
              eval_time: "10m",
              alertname: "ApiErrorRate",
              exp_alerts: [
                {
                  exp_labels: { severity: "critical", of: "services.api", owner: hostile },
                  exp_annotations: {
                    title: hostile,
                    description: hostile,
                    summary: "10% of the requests of api fail; 5% is too much",
                  },
                },
              ],
            },
          ],
        },
      ],
    });
    const files = new Map([
      ["rules.yml", text],
      ["test.yml", tests],
    ]);
    expect(judged(files, "promtool", ["test", "rules", "test.yml"])).toMatchObject({ accepted: true });
  });
});
