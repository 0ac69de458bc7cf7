import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { durationMs, shareOf } from "../../src/lib/quantities.ts";
import { generatedCases } from "../../src/signals/cases/generated.ts";
import { runCase } from "../../src/signals/cases/run-case.ts";
import type { ConditionData } from "../../src/signals/measures/spec-data.ts";
import { rulesOf } from "../../src/signals/rules/rules-of.ts";
import type { AlertRule, Ruleset } from "../../src/signals/rules/ruleset.ts";
import { checkProduct } from "../../src/spec/check.ts";
import type { Environment } from "../../src/spec/environment.ts";
import * as g from "../../src/spec/index.ts";
import { exampleNames } from "../support/gantry.ts";
import { checkSpec, loadExample } from "../support/spec.ts";

// Samples are made of what a condition says, and rules of expressions: each is a test of the other. Whatever a rule says differently
// from its condition has to be noticed, otherwise the samples show nothing.

type Alert = { readonly example: string; readonly environment: Environment; readonly rules: Ruleset; readonly rule: AlertRule };

const all: Alert[] = [];

beforeAll(async () => {
  for (const example of exampleNames)
    for (const environment of checkProduct(await loadExample(example)).environments) {
      const rules = rulesOf(environment);
      all.push(...rules.alerts.map((rule) => ({ example, environment, rules, rule })));
    }
});

/** One of each kind: the same alert in another environment says nothing new. */
function different(): readonly Alert[] {
  return [
    ...new Map(all.map((one) => [`${one.example} ${one.rule.name} ${JSON.stringify(one.rule.when?.value)}`, one])).values(),
  ];
}

function casesOf({ rule, environment }: Alert) {
  const generated = generatedCases(rule, environment);
  return generated.is === "generated" ? generated.cases : [];
}

const passes = (rules: Ruleset, of: Alert): boolean => casesOf(of).every((one) => runCase(rules, one).length === 0);

test("all alerts of the five examples do as their samples want", () => {
  expect(all.filter((one) => casesOf(one).length === 0).map(({ rule }) => rule.name)).toEqual([]);
  expect(all.length).toBeGreaterThan(100);
  expect(
    different()
      .filter((one) => !passes(one.rules, one))
      .map(({ rule }) => rule.name),
  ).toEqual([]);
}, 60_000);

type Writable<T> = { -readonly [Key in keyof T]: Writable<T[Key]> };
type Changing = (when: Writable<ConditionData>) => void;

const span = (text: string, factor: number) => `${(durationMs(text) * factor) / 1_000}s`;

function valueTimes(value: ConditionData["value"], factor: number): ConditionData["value"] {
  if (typeof value === "number") return value * factor;
  return value.endsWith("%") ? `${shareOf(value) * 100 * factor}%` : span(value, factor);
}

/** What of a condition can be told apart when it is so many times what it was. */
function changesOf(when: ConditionData, factor: number): readonly (readonly [what: string, change: Changing])[] {
  const { value, signal, minimumRequests } = when;
  const { over } = signal;
  const wait = when.for;
  return [
    ...(value === 0 || value === "0%"
      ? []
      : [["threshold", (one: Writable<ConditionData>) => void (one.value = valueTimes(value, factor))] as const]),
    ...(over === undefined
      ? []
      : [["window", (one: Writable<ConditionData>) => void (one.signal.over = span(over, factor))] as const]),
    ...(wait === undefined ? [] : [["wait", (one: Writable<ConditionData>) => void (one.for = span(wait, factor))] as const]),
    ...(minimumRequests === undefined
      ? []
      : [["floor", (one: Writable<ConditionData>) => void (one.minimumRequests = minimumRequests * factor)] as const]),
  ];
}

/** The rules of an environment in which the alert's condition says something else; under the old name. */
function rulesWhen({ environment, rule }: Alert, change: Changing): Ruleset {
  const when = structuredClone(rule.when) as Writable<ConditionData>;
  change(when);
  const alert = { kind: "alert", when, severity: "high", to: [] };
  const found = rulesOf({ ...environment, alerts: { [rule.name]: alert } } as unknown as Environment);
  return { ...found, alerts: found.alerts.filter((one) => one.name === rule.name && isDeepStrictEqual(one.when, when)) };
}

describe.each([2, 0.5, 1.1, 0.9])("%d times as much", (factor) => {
  test("of a threshold, a window, a wait or a floor is noticed", () => {
    const unnoticed: string[] = [];
    let tried = 0;
    for (const one of different()) {
      if (one.rule.when === undefined || one.rule.path[0] === "budget" || one.rule.path[0] === "limits") continue;
      for (const [what, change] of changesOf(one.rule.when, factor)) {
        // A tenth of a wait or a window is less than the samples tell apart.
        if (Math.abs(factor - 1) < 0.4 && what !== "threshold") continue;
        tried++;
        if (passes(rulesWhen(one, change), one)) unnoticed.push(`${one.example}: ${one.rule.name}: ${what}`);
      }
    }
    expect(unnoticed).toEqual([]);
    expect(tried).toBeGreaterThan(10);
  }, 120_000);
});

// What the examples do not ask for.
const db = g.postgres("db", { version: 16, replicas: [{}], backup: { dump: "hourly" } });
const cache = g.redis("cache", { version: 7, memory: "1Gi" });
const mail = g.queue("mail");
const flow = g.workflows("flow", { engine: "temporal" });
const api = g.service("api", { uses: [db, cache, mail.push, flow], size: { cpu: 2, memory: "1Gi" }, pool: { max: 10 } });
const work = g.worker("work", { takes: mail, uses: [db] });
const works = g.slo("API works", { of: g.errorRate(api), target: "99%", over: "7d" });
const fast = g.slo("API is fast", { of: g.latency(api), within: "500ms", target: "95%", over: "30d" });
const up = g.slo("API is up", { of: g.uptime(api), target: "99.9%", over: "30d" });

const conditions: Readonly<Record<string, g.Condition>> = {
  "requests, none": api.requests.below(0.5).for("10m"),
  "requests, many": api.requests.over("10m").above(200),
  "errorRate, of at least 50, for a while": g.errorRate(api).over("10m").atLeast("10%").withAtLeast(50).for("5m"),
  "p95, at an edge": g.latency(api).over("5m").p95.above("500ms").withAtLeast(100),
  "p99, between edges": g.latency(api).p99.above("3s").for("15m"),
  "p50, longer than any edge": g.jobRuntime(work).p50.above("5m"),
  "latency, mean": g.latency(api).over("5m").above("400ms"),
  "p99 of cold starts": g.latency(api).coldStart.p99.above("10s"),
  cpu: g.cpu(api).over("10m").above("80%"),
  memory: g.memory(api).above("90%").for("5m"),
  "memory, over an hour": g.memory(api).over("1h").above("90%"),
  saturation: g.saturation(api).above("80%"),
  "saturation of a database": g.saturation(db).above("80%"),
  "saturation of a cache": g.saturation(cache).above("80%"),
  restarts: g.restarts(api).over("30m").above(3),
  disk: db.disk.over("1h").above("80%"),
  queueDepth: g.queueDepth(work).atLeast(100),
  queueAge: mail.age.above("10m").for("5m"),
  throughput: flow.throughput.over("10m").below(2),
  failureRate: flow.failureRate.over("10m").above("5%"),
  "jobFailures, counted": g.jobFailures(work).over("1h").above(5),
  "jobFailures, as a share": g.jobFailures(work).over("1h").above("5%"),
  connections: db.connections.above(80),
  "connections of a cache": cache.connections.above(1_000),
  hitRate: cache.hitRate.over("10m").below("80%"),
  queryTime: db.queryTime.p95.over("5m").above("250ms"),
  certificateLeft: g.certificateLeft(api).below("21d"),
  backupFailures: db.backupFailures.above(0),
  "backupFailures, over a day": db.backupFailures.over("1d").above(2),
  backupAge: db.backupAge.above("30h"),
  uptime: g.uptime(api).over("10m").below("90%"),
  "burns, of what fails": works.burnRate.over("1h").above(10),
  "burns, of what is slow": fast.burnRate.over("2h").above(5),
  "burns, of what does not answer": up.burnRate.over("1h").above(14.4),
  monthToDate: g.budget.monthToDate.above(300),
  spend: g.budget.spend.over("1d").above(40),
  "a counter": g.metric("orders_total", { type: "counter", of: api }).below(1).for("10m"),
  "a counter over an hour, by kind": g
    .metric("orders_total", { type: "counter", of: api })
    .over("1h")
    .by("kind")
    .where({ shop: 'a"b\\c' })
    .above(100),
  "a gauge": g.metric("tenants", { type: "gauge", of: api }).above(50),
  "a histogram": g.metric("size", { type: "histogram", of: api }).p95.above(2),
  "restarts of a database": g.restarts(db).over("1h").above(1),
  "restarts of a cache, at least": g.restarts(cache).over("6h").atLeast(3),
  budgetLeft: works.budgetLeft.below("10%"),
  "budgetLeft, all gone": works.budgetLeft.below("0%"),
  "a metric of no type": g.metric("tenants", { of: api }).above(50),
  "an expression of a selector": g.promql('sum(up{job=~"api|web",zone!="x"})').below(1).for("5m"),
  "an expression of a rate": g.promql('60 * sum by (job) (rate(jobs_total{outcome=~"fail.*"}[10m]))').atLeast(5),
  "an expression of an increase": g.promql("max(increase(jobs_total[1h])) / 2").above(100),
  "an expression over a while": g.promql("avg_over_time(depth[30m])").above(10),
  "the mean of an expression": g.promql("-depth").over("30m").below(-10),
  "three times as many": api.requests.timesNormal(3, { usual: "6h", atLeast: 50 }),
  "five times as deep": g.queueDepth(mail).timesNormal(5).for("10m"),
};
/** What does not change cannot rise or fall. */
const unchanging: Readonly<Record<string, g.Condition>> = {
  "what a day may cost": g.budget.daily.above(40).for("10m"),
  "what a day may not cost": g.budget.daily.above(60),
};
const untold: Readonly<Record<string, g.Condition>> = {
  "more than all": g.errorRate(api).above("100%"),
  "more than all of a budget": works.budgetLeft.above("100%"),
  "two series": g.promql("a / b").above(1),
  "another moment": g.promql("a offset 1d").above(1),
  "a slope": g.promql("deriv(a[5m])").above(1),
  "no series": g.promql("vector(1)").above(1),
  "no metric": g.promql('{job="a"}').above(1),
};

describe("every measure", () => {
  const ops = g.channel.slack("#ops");
  const alerts = Object.entries({ ...conditions, ...unchanging, ...untold }).map(([name, when]) =>
    g.alert(name, { when, severity: "high", to: ops, keepFiring: "10m" }),
  );
  const product = g.product("shop", {
    services: [api, work],
    watch: { slos: [works, fast, up], alerts, uptime: [g.uptimeCheck("front door", { of: api })] },
    environments: {
      prod: g.gcp("shop-prod", {
        domain: [api.at("api.shop.example")],
        budget: g.budget({ monthly: 1_000, daily: 50, to: ops }),
      }),
    },
  });
  const { environments, problems } = checkSpec(product);
  const [environment] = environments;
  if (environment === undefined) throw new Error(JSON.stringify(problems));
  const rules = rulesOf(environment);
  const of = (name: string): Alert => {
    const rule = rules.alerts.find((one) => one.name === name);
    if (rule === undefined) throw new Error(JSON.stringify(rules.leftOut.filter((one) => one.name === name)));
    return { example: "shop", environment, rules, rule };
  };

  test.each(Object.keys(conditions))("%s", (name) => {
    const one = of(name);
    expect(generatedCases(one.rule, environment)).toMatchObject({ is: "generated" });
    expect(
      casesOf(one).flatMap((given) => runCase(rules, given).map((difference) => ({ says: given.says, ...difference }))),
    ).toEqual([]);
    const { when } = one.rule;
    if (when === undefined) throw new Error(name);
    for (const factor of [2, 0.5])
      for (const [what, change] of changesOf(when, factor))
        expect(passes(rulesWhen(one, change), one), `${what} times ${factor}`).toBe(false);
  });

  test.each(Object.keys(unchanging))("%s", (name) => {
    const one = of(name);
    expect(casesOf(one)).toHaveLength(1);
    expect(passes(rules, one)).toBe(true);
    const other = name === "what a day may cost" ? "what a day may not cost" : "what a day may cost";
    const turned = rulesWhen(one, (when) => void (when.value = of(other).rule.when?.value ?? 0));
    expect(passes(turned, one)).toBe(false);
  });

  test.each(Object.keys(untold))("%s is not generated", (name) => {
    expect(generatedCases(of(name).rule, environment)).toMatchObject({
      is: "not generated",
      reason: expect.stringMatching(/\w/),
    });
  });
});
