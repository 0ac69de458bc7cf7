import { expect, test } from "vitest";
import { checkProduct } from "../../spec/check.ts";
import * as g from "../../spec/index.ts";
import { normalise } from "../../spec/normalise.ts";
import { rulesOf } from "./rules-of.ts";
import { warningsOf } from "./warnings.ts";

const api = g.service("api");
const ops = g.channel.slack("#ops");
const devops = g.role("devops", { members: ["devops@shop.example"], may: ["operate"] });
const again = g.runbook("RB-01", { title: "Try again", steps: [g.step.run("Roll back", { action: "rollback" })] });
const kept = { severity: "high", to: ops, owner: devops, runbook: again } as const;

function warningsWith(...alerts: readonly ReturnType<typeof g.alert>[]) {
  const product = g.product("shop", {
    services: [api],
    roles: [devops],
    runbooks: [again],
    watch: { alerts, uptime: [g.uptimeCheck("front door", { of: api, to: ops })] },
    environments: { prod: g.gcp("shop-prod", { domain: "shop.example", budget: g.budget({ monthly: 100, to: ops }) }) },
  });
  const [environment] = checkProduct(normalise(product, "gantry.config.ts")).environments;
  if (environment === undefined) throw new Error("no environment");
  return warningsOf(rulesOf(environment), environment);
}

test("an alert that says whose it is and what to do is no reason to warn, nor is one that nobody wrote", () => {
  expect(warningsWith(g.alert("Errors", { when: g.errorRate(api).above("5%"), ...kept }))).toEqual([]);
});

test("one that says neither is warned of by its name", () => {
  expect(warningsWith(g.alert("Errors", { when: g.errorRate(api).above("5%"), severity: "high", to: ops }))).toEqual([
    { alert: "Errors", kind: "no-owner", says: "nobody owns it" },
    { alert: "Errors", kind: "no-runbook", says: "no runbook says what to do" },
  ]);
});

test.each([
  ["rate(jobs_total[59s])", "1m"],
  ["max_over_time(depth[20s])", "30s"],
])("%s looks at fewer samples than it takes", (expression, least) => {
  expect(warningsWith(g.alert("Own", { when: g.promql(expression).above(1), ...kept }))).toEqual([
    { alert: "Own", kind: "few-samples", says: expect.stringMatching(new RegExp(` takes ${least}$`)) },
  ]);
});

test.each(["rate(jobs_total[1m])", "max_over_time(depth[30s])", "sum_over_time(slo:bad:rate5m[20s])"])(
  "%s looks at enough",
  (expression) => {
    expect(warningsWith(g.alert("Own", { when: g.promql(expression).above(1), ...kept }))).toEqual([]);
  },
);

test("a quantile that no bucket ends at is read between two", () => {
  const of = (limit: g.Duration) =>
    warningsWith(g.alert("Slow", { when: g.latency(api).over("5m").p99.above(limit), ...kept })).map(({ kind }) => kind);
  expect([of("2s"), of("2500ms")]).toEqual([["between-edges"], []]);
});
