import { channel, chart, dashboard, errorRate, latency, metric, queueDepth, secret } from "gantry";
import { backend, cache, db, temporal } from "./things.ts";

export const oncall = channel.pagerduty("cpa-platform", { key: secret("pagerduty-key") });
export const team = channel.slack("#cpa-platform");
export const mail = channel.email("ops@cpaplatform.io");

const counted = (name: string) => metric(name, { type: "counter", of: backend });
export const failedLogins = counted("failed_logins_total");

export const health = dashboard("Service Health", {
  charts: [
    chart("Request rate", backend.requests),
    chart("Error rate", errorRate(backend)),
    chart("Latency p50, p95, p99", [latency(backend).p50, latency(backend).p95, latency(backend).p99]),
  ],
});

export const dashboards = [
  health,
  dashboard("Database", {
    charts: [
      chart("Connection pool", db.connectionsUsed),
      chart("Query latency", db.queryTime.p95),
      chart("Replication lag", db.replicationLag),
      chart("Disk usage", db.disk),
    ],
  }),
  dashboard("Redis", {
    charts: [chart("Hit rate", cache.hitRate), chart("Memory usage", cache.memory), chart("Connection count", cache.connections)],
  }),
  dashboard("Temporal", {
    charts: [
      chart("Workflow throughput", temporal.throughput),
      chart("Failure rate", temporal.failureRate),
      chart("Queue depth", queueDepth(temporal)),
    ],
  }),
  dashboard("Business", {
    charts: [
      chart("Active tenants", metric("active_tenants", { type: "gauge", of: backend })),
      chart("Documents processed", counted("documents_processed_total")),
      chart("Invoices generated", counted("invoices_generated_total")),
    ],
  }),
  dashboard("Security", {
    charts: [
      chart("Failed logins", failedLogins),
      chart("Rate limit hits", counted("rate_limit_hits_total")),
      chart("RLS violations", counted("rls_violations_total")),
    ],
  }),
];
