import { expect, test } from "vitest";
import { conditionOf } from "../../src/rehearse/answers/reading.ts";
import { createWorld } from "../../src/rehearse/run/world.ts";
import { expressionOf } from "../../src/signals/measures/expression-of.ts";
import { ofRevision } from "../../src/signals/measures/of-revision.ts";
import type { ConditionData } from "../../src/signals/measures/spec-data.ts";
import { evaluateAt } from "../../src/signals/promql/evaluator.ts";
import { parsePromql } from "../../src/signals/promql/parse.ts";
import { createMetricStore } from "../../src/signals/store/metric-store.ts";
import { exampleEnvironment } from "../support/rehearse.ts";
import { stageFor } from "../support/rehearse-stage.ts";

// What a rehearsal reads out of arrays, against the expressions that a real release asks, over the series that the gateway would have said.

const of = { ref: "services.api" };
const signal = (measure: string, more: object = {}) => ({ kind: "signal", measure, of, over: "5m", ...more });
const conditions = [
  { kind: "condition", signal: signal("errorRate"), is: "above", value: "2%", minimumRequests: 20 },
  { kind: "condition", signal: signal("errorRate"), is: "above", value: "2%" },
  { kind: "condition", signal: signal("errors"), is: "atLeast", value: 12 },
  { kind: "condition", signal: signal("requests", { over: "1m" }), is: "below", value: 3 },
  { kind: "condition", signal: signal("latency", { quantile: 0.95 }), is: "above", value: "500ms" },
  { kind: "condition", signal: signal("latency", { quantile: 0.5, over: "2m" }), is: "atMost", value: "90ms" },
] as unknown as readonly ConditionData[];

test("conditions hold when, and only when, their expressions do, and show the same values", async () => {
  const base = await exampleEnvironment("bytereview", "prod");
  const rollbackOn = conditions.filter(({ signal: { measure } }) => measure === "latency");
  const environment = { ...base, release: { ...base.release, rollbackOn } } as typeof base;
  const stage = stageFor(environment, {
    services: ["api"],
    traffic: "spikes:30rps,x5,every=4m,for=1m",
    faults: ["errors=2%@3m", "latency=x3@5m"],
  });
  const { script, setting, past, shapes } = stage;
  const { startMs } = setting;
  const world = createWorld(script, setting, { past, shapes }, [3, 0]);
  world.target.carryOut([{ effect: "start", service: "api", revision: "api-2" }]);
  world.pass(startMs + 25_000);
  world.target.carryOut([
    {
      effect: "route",
      service: "api",
      shares: [
        { revision: "api-1", weightPercent: 90 },
        { revision: "api-2", weightPercent: 10 },
      ],
      tags: {},
    },
  ]);
  world.pass(startMs + 900_000);

  const store = createMetricStore();
  const arms = world.traffic.arms("api");
  const times = Array.from({ length: 180 }, (_, at) => startMs + (at + 1) * 5_000);
  const before = past.times.length;
  for (const { revision, counted } of arms) {
    if (counted === undefined) throw new Error("nothing is counted");
    const labels = { service: "api", revision };
    const say = (name: string, more: object, { values, from }: { values: Float64Array; from: number }) => {
      for (const [at, ms] of [...past.times, ...times].entries())
        if (at >= from) store.append({ __name__: name, ...labels, ...more }, ms, values[at] ?? 0);
    };
    say("http_requests_total", { status: "2xx" }, counted.good);
    say("http_requests_total", { status: "5xx" }, counted.errors);
    const bounds = [...script.boundsMs.map((ms) => String(ms / 1_000)), "+Inf"];
    for (const [at, bucket] of counted.buckets.entries())
      say("http_request_duration_seconds_bucket", { le: bounds[at] ?? "" }, bucket);
    const all = counted.buckets.at(-1);
    if (all !== undefined) say("http_request_duration_seconds_count", {}, all);
  }
  expect(before).toBeGreaterThan(10);

  let held = 0;
  for (const revisions of [{}, { api: "api-2" }])
    for (const condition of conditions) {
      const found = conditionOf(condition, environment, { revisions, passesWhen: "false" });
      const asked = ofRevision(condition, revisions);
      const [holds, value] = [asked, asked.signal].map((one) => {
        const text = expressionOf(one, environment);
        const parsed = parsePromql(text.is === "expression" ? text.expr : "");
        if (!parsed.ok) throw new Error(text.is === "refused" ? text.reason : "no expression");
        return (ms: number) => {
          const result = evaluateAt(parsed.expr, store, ms);
          return result.kind === "vector" ? result.vector[0]?.value : undefined;
        };
      });
      for (const ms of times.filter((_, at) => at % 3 === 0).map((one) => one + 1_700)) {
        const read = found?.read(world.signals, ms);
        const about = `${condition.signal.measure} of ${JSON.stringify(revisions)} at ${ms - startMs}`;
        const wanted = value?.(ms);
        if (wanted === undefined || Number.isNaN(wanted)) expect([about, read?.value ?? Number.NaN]).toEqual([about, Number.NaN]);
        else expect(read?.value, about).toBeCloseTo(wanted, 9);
        expect([about, read?.holding !== undefined]).toEqual([about, holds?.(ms) !== undefined]);
        if (read?.holding !== undefined) held += 1;
      }
    }
  // Neither never nor always: both are compared.
  expect(held).toBeGreaterThan(100);
  expect(held).toBeLessThan(620);
});
