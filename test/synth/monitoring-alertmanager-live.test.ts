import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { freePort } from "../../src/system/free-port.ts";
import { alertmanagerFile, secretsFolder } from "../../src/synth/monitoring/alertmanager.ts";
import { channelsTold } from "../../src/synth/monitoring/channels.ts";
import { annotationsOf, labelsOf } from "../../src/synth/monitoring/labels.ts";
import type { Watch } from "../../src/synth/monitoring/watch.ts";
import { type Receivers, createReceivers } from "../support/monitoring/receivers.ts";
import { cases, environmentsOf } from "../support/monitoring/watches.ts";
import { has } from "../support/programs.ts";

// The configuration as it is written, but for where PagerDuty and the relay are: here.

type Running = { readonly url: string; readonly receivers: Receivers; close(): Promise<void> };

async function start(watch: Watch): Promise<Running> {
  const receivers = await createReceivers();
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-alertmanager-"));
  const channels = channelsTold(watch.environment, watch.rules.alerts);
  mkdirSync(path.join(folder, "secrets"));
  for (const { secret, kind } of channels)
    if (secret !== undefined)
      writeFileSync(path.join(folder, "secrets", secret), kind === "slack" ? `${receivers.web}/slack` : "0".repeat(32));
  const written = alertmanagerFile(
    { product: watch.subject.name, mailFrom: "alerts@here.example" },
    watch.rules.alerts,
    channels,
  );
  const config = parse(written.replaceAll(secretsFolder, path.join(folder, "secrets"))) as {
    global?: Record<string, unknown>;
  };
  config.global = { ...config.global, pagerduty_url: `${receivers.web}/pagerduty` };
  if (config.global["smtp_smarthost"] !== undefined) config.global["smtp_smarthost"] = `127.0.0.1:${receivers.mailPort}`;
  // What waits for company is told at once here.
  const text = stringify(config).replace(/group_wait: .+/g, "group_wait: 0s");
  writeFileSync(path.join(folder, "alertmanager.yml"), text);
  const port = await freePort();
  const child = spawn(
    "prometheus-alertmanager",
    [
      `--config.file=${path.join(folder, "alertmanager.yml")}`,
      `--storage.path=${path.join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
    ],
    { stdio: "ignore" },
  );
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(async () => expect((await fetch(`${url}/-/ready`)).ok).toBe(true), { timeout: 30_000, interval: 100 });
  return {
    url,
    receivers,
    async close() {
      await ended(child);
      await receivers.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const done = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await done;
}

const alertmanager = has("prometheus-alertmanager");

describe.skipIf(!alertmanager)("a real prometheus-alertmanager, with the rules of CPA's production", () => {
  let running: Running;
  let watch: Watch;
  beforeAll(async () => {
    const [one] = cases.filter(({ example }) => example === "cpa-platform");
    const watches = await environmentsOf(one as (typeof cases)[number]);
    watch = watches.find(({ environment }) => environment.environment === "production") as Watch;
    running = await start(watch);
    const channels = channelsTold(watch.environment, watch.rules.alerts);
    const alerts = watch.rules.alerts.map((rule) => ({
      labels: {
        alertname: rule.id,
        product: watch.subject.name,
        environment: "production",
        ...labelsOf(rule, channels),
        of: rule.id,
      },
      annotations: { ...annotationsOf(rule, watch.links), summary: `told of ${rule.name}` },
    }));
    const { ok } = await fetch(`${running.url}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(alerts),
    });
    expect(ok).toBe(true);
  }, 60_000);
  afterAll(async () => running.close());

  const toldOn = (where: string, name: string) =>
    running.receivers.told.some(({ path: at, body }) => at.startsWith(where) && body.includes(`told of ${name}`));
  const places = { pagerduty: "/pagerduty", slack: "/slack", email: "mail" } as const;

  // CPA-11, read from the document.
  test.each([
    ["API error rate", ["pagerduty"]],
    ["API p99", ["slack"]],
    ["DB connection pool", ["pagerduty"]],
    ["DB replication lag", ["pagerduty"]],
    ["Redis memory", ["slack"]],
    ["Disk usage", ["slack"]],
    ["Temporal DLQ", ["slack", "email"]],
    ["Failed login spike", ["pagerduty"]],
    ["Certificate expiry", ["email"]],
    ["Backup failure", ["pagerduty"]],
  ] as const)("%s reaches %s, and nobody else", async (name, to) => {
    await vi.waitFor(() => expect(to.filter((one) => !toldOn(places[one], name))).toEqual([]), {
      timeout: 30_000,
      interval: 100,
    });
    const others = (Object.keys(places) as (keyof typeof places)[]).filter((one) => !(to as readonly string[]).includes(one));
    expect(others.filter((one) => toldOn(places[one], name))).toEqual([]);
  });

  test("what is milder and about the same thing waits while a critical alert is told; what is high does not", async () => {
    const labels = { product: "shop", environment: "production", of: "services.shop", notify: "slack-cpa-platform" };
    const alerts = ["critical", "high", "warning"].map((severity) => ({
      labels: { ...labels, severity, alertname: `of ${severity}` },
    }));
    await fetch(`${running.url}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(alerts),
    });
    type Known = {
      readonly labels: { readonly alertname: string };
      readonly status: { readonly inhibitedBy: readonly string[] };
    };
    await vi.waitFor(
      async () => {
        const known = (await (await fetch(`${running.url}/api/v2/alerts?filter=product="shop"`)).json()) as readonly Known[];
        const inhibited = known.flatMap((one) => (one.status.inhibitedBy.length > 0 ? [one.labels.alertname] : []));
        expect([known.length, inhibited]).toEqual([3, ["of warning"]]);
      },
      { timeout: 30_000, interval: 100 },
    );
  });

  test("PagerDuty hears how bad it is in its own words, with the key of the file", async () => {
    await vi.waitFor(() => expect(toldOn("/pagerduty", "DB connection pool")).toBe(true), { timeout: 30_000, interval: 100 });
    const events = running.receivers.told
      .filter(({ path: at }) => at === "/pagerduty")
      .map(({ body }) => JSON.parse(body) as Event);
    const of = (name: string) => events.find(({ payload }) => payload.summary === `told of ${name}`);
    expect(of("API error rate")).toMatchObject({
      routing_key: "0".repeat(32),
      event_action: "trigger",
      payload: { severity: "critical" },
    });
    expect(of("DB connection pool")).toMatchObject({ payload: { severity: "error" } });
  });
});

type Event = {
  readonly routing_key: string;
  readonly event_action: string;
  readonly payload: { readonly summary: string; readonly severity: string };
};
