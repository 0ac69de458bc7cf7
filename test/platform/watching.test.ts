import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { SMTPServer } from "smtp-server";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type {
  AlertView,
  DashboardView,
  NoticeView,
  QueryView,
  SavedLinesView,
  SloView,
  TelemetryView,
} from "../../src/wire/signals.ts";
import type { EnvironmentSummary, PlatformStatus } from "../../src/wire/up.ts";
import { onPath } from "../support/on-path.ts";
import { type Project, ask, makeProject, processesOf, setSecret } from "../support/platform.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type TlsServer, startTlsServer } from "../support/self-signed.ts";

// A product whose alerts are those of the documents, asked for 120 times as fast; its check from outside allows of 60: five minutes are
// five seconds, ten are ten.

const speed = "120";
const signingKey = `whsec_${Buffer.from("a key that only the two of us know").toString("base64")}`;

let project: Project;
let receiver: Receiver;
let mails: SMTPServer;
const mailed: string[] = [];
let port = 0;
let upSaid = "";
const ended = new AbortController();

beforeAll(async () => {
  receiver = await startReceiver();
  receiver.answers = [{ status: 202 }];
  mails = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        mailed.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  await new Promise<void>((resolve) => mails.listen(0, "127.0.0.1", resolve));
  project = makeProject("watched");
  const config = path.join(project.folder, "gantry.config.ts");
  writeFileSync(config, readFileSync(config, "utf8").replace("RECEIVER", receiver.url));
  await setSecret(project, "pagerduty-key", `${receiver.url}/v2/enqueue#R0UT1NGKEY`);
  await setSecret(project, "slack-ops", `${receiver.url}/slack`);
  await setSecret(project, "hook-key", signingKey);
  await setSecret(
    project,
    "smtp-url",
    `smtp://127.0.0.1:${(mails.server.address() as AddressInfo).port}?from=gantry@shop.example`,
  );
  const up = await project.run("up", "prod", "--speed", speed);
  expect(up.status, up.err).toBe(0);
  upSaid = up.out;
  const status = await project.json<PlatformStatus>("status");
  port = Number(new URL(status.environments[0]?.services[0]?.url ?? "").port);
}, 120_000);
afterAll(async () => {
  ended.abort();
  await project.remove();
  await receiver.close();
  await new Promise<void>((resolve) => mails.close(() => resolve()));
}, 60_000);

const get = (target: string) => ask(port, "api.prod.localhost", target);
const alertCalled = async (name: string): Promise<AlertView> => {
  const run = await project.run("alerts", "--json");
  const { alerts } = JSON.parse(run.out) as { alerts: AlertView[] };
  const found = alerts.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no alert ${name}: ${alerts.map((one) => one.name).join(", ")}`);
  return found;
};
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await sleep(100);
};
type Telling = { readonly alerts: AlertView[]; readonly telemetry: (TelemetryView & { readonly environment: string })[] };
/** It ends with 1 where something fires. */
const lastTold = async () => JSON.parse((await project.run("alerts", "--json")).out) as Telling;
/** Sends requests without a pause until the signal, some of which fail. */
async function traffic(target: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !ended.signal.aborted) {
    await get(target);
    await sleep(5);
  }
}
type Event = { event_action: string; dedup_key: string; payload: { summary: string; severity: string } };
const events = (): Event[] =>
  receiver.received.filter((one) => one.path === "/v2/enqueue").map((one) => JSON.parse(one.body) as Event);
const eventsOf = (title: string) => events().filter((one) => one.payload.summary.includes(title));

/** Where whatever is no service says what it measured. */
function metricsFolder(): string {
  const folder = path.join(project.folder, ".gantry", "metrics", "prod");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** What is no service says what it measured in a file that it writes whole. */
function tell(name: string, text: string): void {
  const folder = metricsFolder();
  writeFileSync(path.join(folder, `${name}.tmp`), text);
  renameSync(path.join(folder, `${name}.tmp`), path.join(folder, `${name}.prom`));
}

describe("what runs here is measured", () => {
  test("time runs no faster for what is measured than its shortest window allows, and that is said", async () => {
    const because = {
      rule: "from outside does not answer",
      metric: "probe_success",
      windowMs: 120_000,
      everyMs: 1_000,
      samples: 2,
    };
    expect(upSaid).toContain(
      "signals are at 60 times the speed and not at 120: from outside does not answer looks at 2 min of probe_success, which is sampled every 1 s, and has to see 2 samples",
    );
    const up = await project.json<{ readonly environments: readonly EnvironmentSummary[] }>("up", "prod", "--speed", speed);
    expect(up.environments).toMatchObject([{ unchanged: true, speed: 120, signals: { asked: 120, effective: 60, because } }]);
  });

  test(
    "the gateway counts requests once, services what they alone know, and both can be asked for",
    { timeout: 30_000 },
    async () => {
      for (let n = 0; n < 30; n += 1) await get("/work");
      await get("/login?failed=3");
      const value = async (expr: string) => (await project.json<QueryView>("query", expr)).series[0]?.points[0]?.[1];
      await until(async () => (await value("sum(failed_logins_total)")) === 3);
      const counted = await value('sum(http_requests_total{service="api"})');
      expect(counted).toBeGreaterThanOrEqual(31);
      expect((await project.json<QueryView>("query", 'count(http_requests_total{status="200"})')).series).toEqual([]);
      expect(await value("min(pg_settings_max_connections)")).toBeGreaterThan(0);
      expect(await value('sum(container_memory_working_set_bytes{service="api"})')).toBeGreaterThan(1e7);
      expect(await value('max(probe_success{check="from outside"})')).toBe(1);
      expect(await value('sum(queue_depth{queue="mail"})')).toBe(0);
    },
  );

  test("an expression that is none is told with its place", async () => {
    const wrong = await project.run("query", "sum(rate(http_requests_total))");
    expect(wrong.status).toBe(2);
    expect(wrong.err).toMatch(/character \d+/);
  });

  test("what services send by OTLP is kept, and found by its trace", { timeout: 30_000 }, async () => {
    const { otlp } = JSON.parse(readFileSync(path.join(project.folder, ".gantry", "ports.json"), "utf8")) as { otlp: number };
    const exporter = new OTLPTraceExporter({ url: `http://127.0.0.1:${otlp}/otlp/prod/v1/traces` });
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ "service.name": "api" }),
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    });
    const outer = provider.getTracer("test").startSpan("charge the card");
    const { traceId, spanId } = outer.spanContext();
    const answer = await ask(port, "api.prod.localhost", "/work", { headers: { traceparent: `00-${traceId}-${spanId}-01` } });
    expect(answer.status).toBe(200);
    outer.end();
    await provider.shutdown();
    type Found = { spans?: { service: string; name: string }[] };
    const names = async () =>
      ((await project.json<Found>("logs", "prod", "--trace", traceId)).spans ?? []).map((one) => one.name);
    await until(async () => (await names()).length >= 2);
    expect(await names()).toEqual(expect.arrayContaining(["charge the card", "GET /work"]));
  });

  test("what the spec leaves out of the logs is not there, and how much that saved is told", { timeout: 30_000 }, async () => {
    await get("/login?failed=0");
    const stats = async () => (await project.json<{ stats: SavedLinesView[] }>("logs", "prod", "--stats")).stats[0];
    const leftOut = async (by: string) => (await stats())?.services.find((one) => one.by === by)?.leftOut ?? 0;
    // The check from outside asks the gateway, and whoever keeps it running asks the service.
    await until(async () => (await leftOut("gateway")) > 0 && (await leftOut("service")) > 0);
    const { written = 0, leftOut: saved = 0, savedShare, expectedShare } = (await stats()) ?? {};
    expect(savedShare).toBeCloseTo(saved / (saved + written), 10);
    expect(expectedShare).toBe(0.4);
    const printed = async (path: string) =>
      (await project.json<{ lines: unknown[] }>("logs", "prod", "--text", `"path":"${path}"`)).lines.length;
    await until(async () => (await printed("/login")) > 0);
    expect(await printed("/health")).toBe(0);
    expect((await project.run("logs", "prod", "--stats")).out).toMatch(
      /api {2}its requests +\d+ lines? kept +\d+ left out +\d+ % saved/,
    );
    expect((await project.run("logs", "--stats", "--follow")).status).toBe(2);
  });

  test("what cannot be measured or is not watched is told with the alerts, and in one line of the status", async () => {
    const telemetry = async () => (await project.json<Telling>("alerts").catch(lastTold)).telemetry[0];
    const budgets = ["50%", "90%", "100%"].map((share) => `Budget: ${share} of the month`);
    const untold = ["Backup", "Backup failed", "Certificate", "Month's budget", ...budgets];
    expect((await telemetry())?.notWatched.map(({ name }) => name)).toEqual(untold);
    expect((await project.run("status")).out).toContain("7 alerts not watched here  (gantry alerts --all --env prod)");
    tell("cost", "cost_month_to_date_usd 1\n");
    await until(async () => (await telemetry())?.notWatched.length === 3);
    rmSync(path.join(metricsFolder(), "cost.prom"));
    tell("endless", "x 1\n".repeat(300_000));
    await until(async () => (await telemetry())?.problems.length === 1);
    expect((await project.run("alerts", "--all")).out).toMatch(
      /not measured or not watched here\n {2}metrics folder: endless\.prom is larger/,
    );
    expect((await project.run("status")).out).toContain("endless.prom is larger than 1 MiB");
    expect((await project.json<PlatformStatus>("status")).environments[0]?.unwatched).toMatchObject({ rules: 3 });
    rmSync(path.join(project.folder, ".gantry", "metrics", "prod", "endless.prom"));
    await until(async () => (await telemetry())?.problems.length === 0);
  });

  test("every panel of its dashboard has a line", { timeout: 30_000 }, async () => {
    await until(async () => {
      const { dashboards } = await project.json<{ dashboards: DashboardView[] }>("dashboards", "--range", "1m");
      const panels = dashboards.flatMap((one) => one.panels);
      expect(panels.flatMap((one) => one.shows.flatMap(({ problem }) => problem ?? []))).toEqual([]);
      return (
        panels.length === 3 &&
        panels.every((one) => one.shows.every(({ series }) => series.some(({ points }) => points.length > 0)))
      );
    });
  });
});

describe("alerts", () => {
  test(
    "few enough failures are no alert; more are, where they should be, signed; and their end is told",
    { timeout: 90_000 },
    async () => {
      const few = new AbortController();
      const quiet = traffic("/work?fail=40", few.signal);
      // Longer than its window: two and a half per cent of what it sees fail.
      await until(
        async () => (await project.json<QueryView>("query", "sum(increase(http_requests_total[2s])) > 50")).series.length > 0,
      );
      await sleep(3_000);
      expect((await alertCalled("API errors")).state).toBe("inactive");
      few.abort();
      await quiet;

      const many = new AbortController();
      const failing = traffic("/work?fail=5", many.signal);
      await until(async () => (await alertCalled("API errors")).state === "firing");
      await until(() => eventsOf("API errors").length === 1);
      expect(eventsOf("API errors")[0]).toMatchObject({ event_action: "trigger", payload: { severity: "critical" } });
      await until(() => receiver.received.some((one) => one.path === "/hook"));
      const hook = receiver.received.find((one) => one.path === "/hook");
      const verified = new Webhook(signingKey).verify(hook?.body ?? "", hook?.headers as Record<string, string>);
      expect(verified).toMatchObject({ type: "alert.firing", data: { product: "shop", environment: "prod" } });
      many.abort();
      await failing;

      const well = new AbortController();
      const good = traffic("/work", well.signal);
      await until(() => eventsOf("API errors").length === 2);
      well.abort();
      await good;
      const [fired, resolved] = eventsOf("API errors");
      expect(resolved).toMatchObject({ event_action: "resolve", dedup_key: fired?.dedup_key });
      const { slos } = await project
        .json<{ slos: SloView[] }>("slo")
        .catch(async () => JSON.parse((await project.run("slo", "--json")).out));
      expect(slos[0]?.bad).toBeGreaterThan(0);
      expect(slos[0]?.budgetLeft).toBeLessThan(1);
    },
  );

  test("ten times as many failed logins as usual are an alert, and some are not", { timeout: 60_000 }, async () => {
    await get("/login?failed=8");
    await sleep(3_000);
    expect((await alertCalled("Failed logins")).state).toBe("inactive");
    await get("/login?failed=60");
    await until(() => eventsOf("Failed logins").some((one) => one.event_action === "trigger"));
    await until(() => eventsOf("Failed logins").some((one) => one.event_action === "resolve"));
  });

  test("a backup that is too old and most of the month's money reach whom they should", { timeout: 60_000 }, async () => {
    const now = Date.now() / 1_000;
    tell("backup", `backup_last_success_timestamp_seconds{resource="db"} ${now - 25 * 3_600}\n`);
    tell("cost", "cost_month_to_date_usd 840\n");
    await until(async () => (await project.json<QueryView>("query", "cost_month_to_date_usd")).series.length === 1);
    await sleep(2_000);
    for (const name of ["Backup", "Month's budget"])
      expect({ name, state: (await alertCalled(name)).state }).toEqual({ name, state: "inactive" });

    tell("backup", `backup_last_success_timestamp_seconds{resource="db"} ${now - 27 * 3_600}\n`);
    tell("cost", "cost_month_to_date_usd 851\n");
    await until(() => eventsOf("Backup").length > 0);
    await until(() => mailed.some((mail) => mail.includes("Subject: Month's budget")));
  });

  test.skipIf(!onPath("openssl"))("a certificate that a host shows is told before it runs out", { timeout: 60_000 }, async () => {
    const [good, old] = [await startTlsServer(15), await startTlsServer(13)];
    const shows = ({ port }: TlsServer) =>
      writeFileSync(path.join(metricsFolder(), "certificates"), `shop.example 127.0.0.1:${port}\n`);
    const daysLeft = async () => {
      const { series } = await project.json<QueryView>("query", "(probe_ssl_earliest_cert_expiry - time()) / 86400");
      return Number(series[0]?.points[0]?.[1]);
    };
    shows(good);
    await until(async () => (await daysLeft()) > 14);
    expect((await alertCalled("Certificate")).state).toBe("inactive");
    shows(old);
    await until(() => mailed.some((mail) => mail.includes("Subject: Certificate")));
    expect(await daysLeft()).toBeLessThan(13.01);
    await Promise.all([good.close(), old.close()]);
  });

  test("one that is silenced fires and is not told; one in hand is said to be", { timeout: 60_000 }, async () => {
    const silenced = await project.run("alerts", "silence", "Queue depth", "--for", "1h", "--reason", "load test", "--json");
    expect(silenced.status, silenced.err).toBe(0);
    tell("queue", 'queue_depth{queue="mail"} 10001\n');
    // Ten minutes, that is five seconds, and not before.
    await until(async () => (await alertCalled("Queue depth")).state === "pending");
    await until(async () => (await alertCalled("Queue depth")).state === "firing");
    expect((await alertCalled("Queue depth")).instances[0]?.silencedBy).toBe("load test");
    await sleep(1_000);
    expect(receiver.received.filter((one) => one.path === "/slack")).toEqual([]);

    const backup = (await alertCalled("Backup")).instances[0]?.fingerprint ?? "";
    expect((await project.run("alerts", "ack", backup.slice(0, 8))).status).toBe(0);
    await until(() => eventsOf("Backup").some((one) => one.event_action === "acknowledge"));

    const { silences } = await project.json<{ silences: { id: string }[] }>("alerts", "silences");
    expect((await project.run("alerts", "unsilence", silences[0]?.id.slice(0, 8) ?? "")).status).toBe(0);
    await until(() => receiver.received.some((one) => one.path === "/slack" && one.body.includes("Queue depth")));
  });

  test.skipIf(process.platform !== "linux")(
    "a server that is killed tells nobody twice and forgets nothing",
    { timeout: 60_000 },
    async () => {
      // One on its way at the moment of the kill may go out again, with the same number: that is the outbox's own test.
      await until(async () => {
        const { notices } = await project.json<{ notices: NoticeView[] }>("alerts", "notices");
        return notices.every((one) => one.state !== "waiting");
      });
      const before = events().length;
      const firing = (JSON.parse((await project.run("alerts", "--json")).out) as { alerts: AlertView[] }).alerts.filter(
        (one) => one.state === "firing",
      );
      expect(firing.map((one) => one.name)).toContain("Backup");
      for (const pid of processesOf(project.folder))
        if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("server.js")) process.kill(pid, "SIGKILL");
      // The next command starts it again.
      await until(async () => (await alertCalled("Backup")).state === "firing");
      expect((await alertCalled("Backup")).instances[0]?.acknowledgedBy).toBeDefined();
      await sleep(2_000);
      expect(
        events()
          .slice(before)
          .filter((one) => one.payload.summary.includes("Backup")),
      ).toEqual([]);
      const counted = await project.json<QueryView>("query", "max_over_time(failed_logins_total[10m])");
      expect(counted.series.length).toBeGreaterThan(0);
    },
  );

  test("a test of a channel goes the way of an alert; what could not be told is seen", { timeout: 30_000 }, async () => {
    const tried = await project.run("alerts", "test", "pagerduty shop");
    expect(tried.status, tried.out + tried.err).toBe(0);
    expect(eventsOf("A test of this channel").map((one) => one.event_action)).toEqual(["trigger", "resolve"]);
    receiver.answers = [{ status: 400 }];
    expect((await project.run("alerts", "test", "slack #ops")).status).toBe(1);
    receiver.answers = [{ status: 202 }];
    const { notices } = await project.json<{ notices: NoticeView[] }>("alerts", "notices");
    expect(notices.find((one) => one.channel === "slack #ops" && one.state === "failed")?.problem).toBe("it answered 400");
    expect(JSON.stringify(notices)).not.toContain("R0UT1NGKEY");
    expect((await project.run("alerts", "test", "slack #opps")).err).toContain("slack #ops");
    rmSync(path.join(project.folder, ".gantry", "metrics", "prod"), { recursive: true, force: true });
  });
});
