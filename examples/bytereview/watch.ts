import {
  alert,
  budget,
  channel,
  chart,
  dashboard,
  errorRate,
  jobFailures,
  jobRuntime,
  latency,
  logs,
  metric,
  queueDepth,
  secret,
  slo,
  uptimeCheck,
} from "gantry";
import { api, cache, extract, extraction, importer, imports, web } from "./things.ts";

export const ops = channel.slack("#ops");
export const oncall = channel.pagerduty("platform", { key: secret("pagerduty-key") });
export const finance = channel.email("finance@bytereview.ai");

// What is watched

const errors = errorRate(api).over("5m");
export const failing = errors.above("2%").withAtLeast(20);
export const promise = slo("API", { of: errorRate(api), target: "99.9%", over: "30d" });
const workers = [extract, importer];
const queues = [extraction, imports];
const answers = metric("vertex_responses_total", { type: "counter", of: extract });
const tokensUsed = metric("vertex_tokens_total", { type: "counter", of: extract, unit: "tokens" });

export const pages = [
  alert("API errors", { when: failing, severity: "critical", to: oncall }),
  // Burning 14.4 times too fast is 2 % of the month's budget in an hour: known long before users are lost.
  alert("API promise at risk", { when: promise.burnRate.over("1h").above(14.4), severity: "critical", to: oncall }),
  alert("Redis memory", { when: cache.memory.above("80%"), severity: "warning", to: oncall }),
];
export const outside = [uptimeCheck("API", { of: api, to: oncall }), uptimeCheck("App", { of: web, to: oncall })];
export const monthSpent = alert("GCP budget", { when: budget.monthToDate.atLeast("85%"), severity: "warning", to: finance });
export const costs = dashboard("GCP costs", {
  charts: [
    chart("Services that cost most", budget.spend.by("service").top(5), { as: "table" }),
    chart("Daily budget vs actual", [budget.daily, budget.spend.over("1d")]),
  ],
});

export const kept = logs({
  fields: ["trace_id", "uid", "operation_id"],
  drop: [api.health, web.health, api.routes("/api/progress/*")],
  expectedSaving: "40%",
});

export const alerts = [
  ...pages,
  ...queues.map((one) =>
    alert(`Queue depth: ${one.name}`, { when: queueDepth(one).above(10_000).for("10m"), severity: "warning", to: ops }),
  ),
  alert("Cold starts", { when: latency(api).coldStart.p95.above("5s"), severity: "warning", to: ops }),
  monthSpent,
];

export const dashboards = [
  dashboard("API SLO", {
    charts: [
      chart("Latency p95", latency(api).p95),
      chart("Error rate (5xx)", errors),
      chart("Request rate", api.requests),
      chart("Error budget left", promise.budgetLeft),
    ],
  }),
  dashboard("Workers", {
    charts: [
      chart("Queue depth", queues.map(queueDepth)),
      chart(
        "Job runtime p95",
        workers.map((one) => jobRuntime(one).p95),
      ),
      chart("Job failures", workers.map(jobFailures)),
    ],
  }),
  dashboard("Vertex usage", {
    charts: [
      chart("Tokens a day", tokensUsed.over("1d"), { as: "bar" }),
      chart("429 rate", answers.where({ code: "429" }).over("5m")),
    ],
  }),
  costs,
];
