import type { AlertRule, Ruleset } from "../../../src/signals/rules/ruleset.ts";

/** Rules as a spec could lead to, for tests that are about their form. */
export function alertRule(given: Partial<AlertRule>): AlertRule {
  return {
    kind: "alert",
    name: "API error rate",
    id: "ApiErrorRate",
    expr: 'sum(rate(http_requests_total{service="api",status=~"5.."}[5m])) / sum(rate(http_requests_total{service="api"}[5m])) > 0.05',
    forMs: 0,
    keepFiringMs: 0,
    everyMs: 30_000,
    severity: "critical",
    to: ["slack #ops"],
    summary: "{{ $value | humanizePercentage }} of the requests of api fail; 5% is too much",
    labels: {},
    of: "services.api",
    path: ["alerts", "API error rate"],
    ...given,
  };
}

export function ruleset(alerts: readonly AlertRule[], more: Partial<Ruleset> = {}): Ruleset {
  return { product: "shop", environment: "prod", recordings: [], alerts, slos: [], leftOut: [], everyMs: 30_000, ...more };
}
