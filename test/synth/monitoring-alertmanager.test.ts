import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { alertmanagerFile } from "../../src/synth/monitoring/alertmanager.ts";
import type { Channel } from "../../src/synth/monitoring/channels.ts";
import { readme } from "../../src/synth/monitoring/readme.ts";
import { watchesOf } from "../../src/synth/monitoring/watches.ts";
import { alertRule } from "../support/monitoring/rules.ts";
import { judged } from "../support/monitoring/tools.ts";
import { has } from "../support/programs.ts";
import { subjectOf } from "../support/synth.ts";

const channels: readonly Channel[] = [
  { kind: "email", address: "ops@shop.example", name: "email ops@shop.example", slug: "email-ops", secret: undefined },
  { kind: "pagerduty", address: "shop", name: "pagerduty shop", slug: "pagerduty-shop", secret: "pagerduty-key" },
  { kind: "slack", address: "#ops", name: "slack #ops", slug: "slack-ops", secret: "slack-ops" },
  { kind: "webhook", address: "https://hooks.shop.example/a", name: "webhook", slug: "webhook", secret: undefined },
];
const alerts = [
  alertRule({ to: ["pagerduty shop"] }),
  alertRule({ id: "Slow", severity: "high", to: ["slack #ops"] }),
  alertRule({ id: "Dead", severity: "high", to: ["slack #ops", "email ops@shop.example"] }),
  alertRule({ id: "Old", severity: "medium", to: ["webhook"] }),
];
const text = alertmanagerFile({ product: "shop", mailFrom: "alerts@shop.example" }, alerts, channels);

describe.skipIf(!has("amtool"))("with amtool", () => {
  const check = (given: string) => judged(new Map([["alertmanager.yml", given]]), "amtool", ["check-config", "alertmanager.yml"]);
  const route = (...labels: string[]) =>
    judged(new Map([["alertmanager.yml", text]]), "amtool", [
      "config",
      "routes",
      "test",
      "--config.file=alertmanager.yml",
      ...labels,
    ]).printed.trim();

  test("the configuration is accepted", () => {
    expect(check(text)).toMatchObject({ accepted: true });
  });

  test("a configuration that leads to a receiver that is not there is refused", () => {
    expect(check(text.replace("receiver: slack-ops", "receiver: slack-opps")).accepted).toBe(false);
    expect(check(text.replace("routing_key_file", "routing_key_path")).accepted).toBe(false);
  });

  test.each([
    ["severity=critical notify=pagerduty-shop", "pagerduty-shop"],
    ["severity=high notify=slack-ops", "slack-ops"],
    ["severity=high notify=email-ops+slack-ops", "email-ops+slack-ops"],
    ["severity=medium notify=webhook", "webhook"],
    ["severity=critical notify=webhook", "webhook"],
    ["severity=critical", "nobody"],
  ])("%s goes to %s", (labels, receiver) => {
    expect(route(...labels.split(" "))).toBe(receiver);
  });
});

test("the worse an alert is, the sooner and the more often it is told", () => {
  const { route } = parse(text) as { route: { routes: { matchers: string[]; group_wait: string; repeat_interval: string }[] } };
  expect(route.routes.map(({ matchers, group_wait, repeat_interval }) => [matchers[0], group_wait, repeat_interval])).toEqual([
    ['severity="critical"', "0s", "1h"],
    ['severity="high"', "30s", "4h"],
    ['severity="medium"', "5m", "1d"],
  ]);
});

test("what is secret is a file", () => {
  expect(text).toContain("routing_key_file: /etc/alertmanager/secrets/pagerduty-key");
  expect(text).toContain("api_url_file: /etc/alertmanager/secrets/slack-ops");
  expect(text).not.toMatch(/(routing_key|service_key|api_url|password):/);
});

describe("calls that nobody signs", () => {
  test("say so where they are set up, and what to do", () => {
    const above = text.slice(text.lastIndexOf("webhook_configs:"), text.indexOf("url: https://hooks.shop.example/a"));
    expect(above).toContain("# Alertmanager signs nothing");
    expect(above).toContain("credentials_file: /etc/alertmanager/secrets/<name>");
    expect(above).toContain("# or let a relay stand between that signs");
  });

  test.skipIf(!has("amtool"))("can show a token just as the comment has it", () => {
    const shown = /^ *# {3}(http_config: .+)$/m.exec(text)?.[1] ?? "";
    const with_ = text.replace(
      /^( *)(url: https:\/\/hooks.+)$/m,
      (_, indent: string, url: string) => `${indent}${url}\n${indent}${shown}`,
    );
    expect(with_).not.toBe(text);
    expect(judged(new Map([["alertmanager.yml", with_]]), "amtool", ["check-config", "alertmanager.yml"])).toMatchObject({
      accepted: true,
    });
  });

  test("stand on the page, with who makes them; and where there is no webhook there is no word of it", async () => {
    const subject = await subjectOf("ai-governance", { switches: { cloud: "aws" } });
    const watches = watchesOf(subject);
    const channel = { ...channels[3], name: "webhook audit", slug: "webhook-audit" } as Channel;
    const told = watches.map((watch) => (watch.environment.cloud === "local" ? watch : { ...watch, channels: [channel] }));
    const page = readme(subject, told, () => undefined) ?? "";
    const section = page.slice(page.indexOf("## Calls that are not signed"));
    expect(section).toContain("`https://hooks.shop.example/a` | Alertmanager | `production` |");
    expect(section).toContain("or a relay between that signs");
    expect(readme(subject, watches, () => undefined)).not.toContain("Calls that are not signed");
  });
});
