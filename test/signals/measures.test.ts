import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cloudWatchAlarmOf } from "../../src/signals/measures/cloudwatch/classic.ts";
import { expressionOf } from "../../src/signals/measures/expression-of.ts";
import type { DialectName } from "../../src/signals/measures/expression.ts";
import type { ConditionData, SignalData } from "../../src/signals/measures/spec-data.ts";
import { parsePromql } from "../../src/signals/promql/parse.ts";
import { retentionOf } from "../../src/signals/rules/retention.ts";
import { rulesAtSpeed } from "../../src/signals/rules/rules-at-speed.ts";
import { rulesOf } from "../../src/signals/rules/rules-of.ts";
import { burnsOf } from "../../src/signals/rules/burn-alerts.ts";
import type { Environment } from "../../src/spec/environment.ts";
import * as g from "../../src/spec/index.ts";
import { onPath } from "../support/on-path.ts";
import { checkSpec } from "../support/spec.ts";

// Every measure of the language in every back end's words, as one readable file: what changes in it changes what is measured.

const db = g.postgres("db", { version: 16, replicas: [{}], backup: { dump: "daily" } });
const cache = g.redis("cache", { version: 7, memory: "1Gi" });
const jobs = g.queue("jobs");
const flow = g.workflows("flow", { engine: "temporal" });
const api = g.service("api", { uses: [db, cache, jobs.push], pool: { max: 10 } });
const work = g.worker("work", { takes: jobs, uses: [db] });
const promise = g.slo("API works", { of: g.errorRate(api), target: "99.9%", over: "30d" });
const { budget } = g;
const ops = g.channel.slack("#ops");

const signals: Readonly<Record<string, g.Signal>> = {
  requests: api.requests,
  errorRate: g.errorRate(api),
  "latency p99": g.latency(api).p99,
  "latency, mean": g.latency(api),
  "coldStart p95": g.latency(api).coldStart.p95,
  "saturation of a service": g.saturation(api),
  "saturation of a database": g.saturation(db),
  "cpu of a service": g.cpu(api),
  "cpu of a database": g.cpu(db),
  "memory of a service": g.memory(api),
  "memory of a cache": cache.memory,
  disk: db.disk,
  "disk, over an hour": db.disk.over("1h"),
  "restarts of a service": g.restarts(api),
  "restarts of a database": g.restarts(db),
  uptime: g.uptime(api),
  queueDepth: g.queueDepth(jobs),
  queueAge: jobs.age,
  deadLetters: flow.deadLetters,
  throughput: flow.throughput,
  failureRate: flow.failureRate,
  "jobRuntime p95": g.jobRuntime(work).p95,
  jobFailures: g.jobFailures(work),
  "connections of a database": db.connections,
  "connections of a cache": cache.connections,
  connectionsUsed: db.connectionsUsed,
  replicationLag: db.replicationLag,
  "queryTime p95": db.queryTime.p95,
  hitRate: cache.hitRate,
  certificateLeft: g.certificateLeft(api),
  backupFailures: db.backupFailures,
  "backupFailures, over a day": db.backupFailures.over("1d"),
  backupAge: db.backupAge,
  burnRate: promise.burnRate.over("1h"),
  budgetLeft: promise.budgetLeft,
  monthToDate: budget.monthToDate,
  dayToDate: budget.dayToDate,
  dailyBudget: budget.daily,
  "spend, by service, the highest 5": budget.spend.by("service").top(5),
  "spend, over a day": budget.spend.over("1d"),
  "a counter": g.metric("orders_total", { type: "counter", of: api }),
  "a counter, over an hour, by kind": g.metric("orders_total", { type: "counter", of: api }).over("1h").by("kind"),
  "a counter of one kind": g.metric("orders_total", { type: "counter" }).over("1h").where({ kind: 'a"b\\c' }),
  "a gauge": g.metric("tenants", { type: "gauge", of: api }),
  "a histogram p95": g.metric("size_bytes", { type: "histogram", unit: "bytes", of: api }).p95,
  promql: g.promql("sum(up) / count(up)", { unit: "share" }),
  "promql, over an hour": g.promql("sum(up) / count(up)").over("1h"),
};

const conditions: Readonly<Record<string, g.Condition>> = {
  "errorRate above": g.errorRate(api).over("5m").above("5%").withAtLeast(20),
  "errorRate above, floor of its own": g.errorRate(api).over("5m").above("5%"),
  "p99 above, at an edge of buckets": g.latency(api).over("5m").p99.above("2.5s"),
  "p99 above, at a whole edge": g.latency(api).over("5m").p99.above("5s"),
  "p99 above, between edges": g.latency(api).over("5m").p99.above("2s"),
  "p99 below, at an edge": g.latency(api).p99.below("500ms"),
  "queueDepth above, for": g.queueDepth(jobs).above(10_000).for("10m"),
  "disk above": db.disk.above("85%"),
  "connectionsUsed above": db.connectionsUsed.above("80%"),
  "replicationLag above": db.replicationLag.above("30s"),
  "memory above": cache.memory.above("80%"),
  "jobFailures above, counted": g.jobFailures(work).over("10m").above(3),
  "jobFailures above, as a share": g.jobFailures(work).over("10m").above("5%"),
  "backupFailures above": db.backupFailures.above(0),
  "certificateLeft below": g.certificateLeft(api).below("14d"),
  "monthToDate at least": budget.monthToDate.atLeast("85%"),
  "dayToDate at least, in dollars": budget.dayToDate.atLeast(20),
  "burnRate above, 1 hour": promise.burnRate.over("1h").above(14.4),
  "burnRate above, 3 days": promise.burnRate.over("3d").above(1),
  "budgetLeft below": promise.budgetLeft.below("10%"),
  "uptime at most": g.uptime(api).over("2m").atMost("0%"),
  "ten times normal": g.metric("failed_logins_total", { type: "counter", of: api }).over("15m").timesNormal(10),
  "three times the usual requests": api.requests.timesNormal(3, { usual: "7d", atLeast: 50 }),
  "twice the usual latency": g.latency(api).p95.timesNormal(2),
};

const watch: Parameters<typeof g.product>[1]["watch"] = {
  slos: [promise],
  uptime: [g.uptimeCheck("outside", { of: api })],
  alerts: Object.entries(conditions).map(([name, when]) => g.alert(name, { when, severity: "high", to: ops })),
  dashboards: [g.dashboard("all", { charts: Object.entries(signals).map(([name, one]) => g.chart(name, one)) })],
};
const budgetOf = { monthly: 1_000, daily: 50, to: ops };
const product = g.product("shop", {
  services: [api, work],
  watch,
  environments: {
    google: g.gcp("shop-prod", { domain: [api.at("api.shop.example")], budget: g.budget(budgetOf) }),
    amazon: g.aws("shop-prod", { domain: [api.at("api.shop2.example")], budget: g.budget(budgetOf) }),
  },
});

const checked = checkSpec(product);
const inPlace = (name: string): Environment => {
  const found = checked.environments.find(({ environment }) => environment === name);
  if (!found) throw new Error(JSON.stringify(checked.problems, undefined, 2));
  return found;
};
const google = inPlace("google");
const amazon = inPlace("amazon");

const written: readonly { readonly name: string; readonly what: SignalData | ConditionData }[] = [
  ...(google.dashboards["all"]?.charts ?? []).map(({ title, shows }) => ({ name: title, what: shows[0] as SignalData })),
  ...Object.keys(conditions).map((name) => ({ name, what: google.alerts[name]?.when as ConditionData })),
];

function row(what: SignalData | ConditionData, environment: Environment, dialect: DialectName): string {
  const asked = expressionOf(what, environment, { dialect });
  if (asked.is === "refused") return `refused: ${asked.reason}`;
  const unit = `${asked.unit}${asked.scale === 1 ? "" : ` × ${1 / asked.scale}`}`;
  return `${asked.expr}\n      [${unit}] ${asked.says}${asked.exactness.is === "exact" ? "" : `\n      ${asked.exactness.is}: ${asked.exactness.reason}`}`;
}

function alarm(what: ConditionData): string {
  const { says: _, ...rest } = cloudWatchAlarmOf(what, amazon);
  return rest.is === "refused" ? `refused: ${rest.reason}` : JSON.stringify(rest, undefined, 1).replace(/\n\s*/g, " ");
}

test("every measure and every kind of condition, in every back end's words", async () => {
  const text = written
    .map(({ name, what }) =>
      [
        `# ${name}`,
        `  prometheus: ${row(what, google, "prometheus")}`,
        `  google:     ${row(what, google, "google")}`,
        `  cloudwatch: ${row(what, amazon, "cloudwatch")}`,
        ...(what.kind === "condition" ? [`  classic:    ${alarm(what)}`] : []),
      ].join("\n"),
    )
    .join("\n\n");
  await expect(`${text}\n`).toMatchFileSnapshot("../golden/signals/measures.txt");
});

test("the product has nothing wrong but what its name says", () => {
  expect(checked.problems.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
});

describe.skipIf(!onPath("promtool"))("Prometheus takes it (needs promtool)", () => {
  test.each(["prometheus", "google"] as const)("%s", (dialect) => {
    const rules = written.flatMap(({ what }, index) => {
      const asked = expressionOf(what, google, { dialect });
      return asked.is === "refused" ? [] : [{ record: `tried:${index}`, expr: asked.expr }];
    });
    const folder = mkdtempSync(path.join(tmpdir(), "gantry-measures-"));
    try {
      const file = path.join(folder, "rules.json");
      writeFileSync(file, JSON.stringify({ groups: [{ name: "tried", rules }] }));
      const said = execFileSync("promtool", ["check", "rules", file], { encoding: "utf8", stdio: "pipe" });
      expect(said).toContain(`SUCCESS: ${rules.length} rules found`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("whatever stands in a label's value stays in it", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
      fc.constantFrom("prometheus", "google", "cloudwatch"),
      (value, dialect) => {
        const signal: SignalData = {
          kind: "signal",
          measure: "metric",
          metric: "orders_total",
          type: "counter",
          where: { kind: value },
        };
        const asked = expressionOf(signal, google, { dialect });
        if (asked.is === "refused") throw new Error(asked.reason);
        const parsed = parsePromql(asked.expr);
        const found = parsed.ok ? JSON.stringify(parsed.expr) : "";
        expect(found).toContain(JSON.stringify({ name: "kind", op: "=", value }));
        expect(found.match(/"kind":"selector"/g)).toHaveLength(1);
      },
    ),
  );
});

test("the burn of an SLO is told in windows that fit its own, and none that could never ring", () => {
  const day = 86_400_000;
  const of = (target: number, days: number) =>
    burnsOf({ target, windowMs: days * day }).map(({ factor, longMs }) => `${factor}/${longMs / 60_000}m`);
  expect(of(0.999, 30)).toEqual(["14.4/60m", "6/360m", "3/1440m", "1/4320m"]);
  expect(of(0.999, 7)).toEqual(["14.4/14m", "6/84m", "3/336m", "1/1008m"]);
  expect(of(0.999, 90)).toEqual(["14.4/180m", "6/1080m", "3/4320m", "1/12960m"]);
  expect(of(0.99, 1)).toEqual(["6/12m", "3/48m", "1/144m"]);
  // 14.4 × (1 − 0.93) is more than everything.
  expect(of(0.93, 30)).toEqual(["6/360m", "3/1440m", "1/4320m"]);
  expect(of(0.5, 30)).toEqual(["1/4320m"]);
});

test("samples are kept for as long as anything looks back", () => {
  const { longestMs, ofMetric } = retentionOf(rulesOf(google));
  const day = 86_400_000;
  // What one expression looks at as it stands may be five minutes old.
  expect(longestMs).toBe(30 * day);
  expect(ofMetric["slo:errors:rate5m"]).toBe(30 * day);
  // A day that ended an hour ago.
  expect(ofMetric["failed_logins_total"]).toBe(day + 3_600_000);
  expect(ofMetric["http_requests_total"]).toBe(7 * day + 3_600_000);
  expect(ofMetric["queue_depth"]).toBe(300_000);
});

test("at speed what is waited for and looked back on is divided, and nothing else", () => {
  const rules = rulesOf(google);
  const fast = rulesAtSpeed(rules, 60);
  const alert = (of: typeof rules, name: string) => of.alerts.find((one) => one.name === name);
  expect(alert(fast, "queueDepth above, for")?.forMs).toBe(10_000);
  expect(alert(fast, "errorRate above")?.expr).toContain("[5s]");
  expect(alert(fast, "errorRate above")?.expr).toContain("> 0.05");
  expect(alert(fast, "errorRate above")?.expr).toContain(">= 20");
  expect(alert(fast, "ten times normal")?.expr).toContain("[24m] offset 1m");
  expect(alert(fast, "certificateLeft below")?.expr).toBe(alert(rules, "certificateLeft below")?.expr);
  expect(fast.slos[0]?.windowMs).toBe(12 * 3_600_000);
  expect(rulesAtSpeed(rules, 1)).toBe(rules);
});
