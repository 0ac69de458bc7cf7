import { durationMs, parseDurationMs, parseShare } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";

export type SignalData = Environment["alerts"][string]["when"]["signal"];
export type ConditionData = Environment["alerts"][string]["when"];
type Measure = SignalData["measure"];

/** What a number means. */
export type Unit = "share" | "seconds" | "per second" | "bytes" | "dollars" | "count";

const units: Readonly<Record<Exclude<Measure, "metric" | "promql">, Unit>> = {
  requests: "per second",
  errorRate: "share",
  errors: "per second",
  latency: "seconds",
  coldStart: "seconds",
  saturation: "share",
  cpu: "share",
  memory: "share",
  disk: "share",
  restarts: "count",
  uptime: "share",
  queueDepth: "count",
  queueAge: "seconds",
  deadLetters: "count",
  throughput: "per second",
  failureRate: "share",
  jobRuntime: "seconds",
  jobFailures: "count",
  connections: "count",
  connectionsUsed: "share",
  replicationLag: "seconds",
  queryTime: "seconds",
  hitRate: "share",
  certificateLeft: "seconds",
  backupFailures: "count",
  backupAge: "seconds",
  burnRate: "count",
  budgetLeft: "share",
  monthToDate: "dollars",
  dayToDate: "dollars",
  dailyBudget: "dollars",
  spend: "dollars",
};

/** A metric of the product's own says its unit by the end of its name, as Prometheus has it, unless the spec does. */
export function unitOf({ measure, metric, unit, quantile, type, over }: SignalData): Unit {
  if (measure !== "metric" && measure !== "promql") return units[measure];
  const said = unit ?? /_(seconds|bytes|ratio|usd)(_total)?$/.exec(metric ?? "")?.[1];
  if (said === "s" || said === "seconds") return "seconds";
  if (said === "bytes") return "bytes";
  if (said === "usd" || said === "USD" || said === "dollars") return "dollars";
  if (said === "ratio" || said === "%") return "share";
  return type === "counter" && over === undefined && quantile === undefined ? "per second" : "count";
}

/** A threshold in the unit that its expression is in: 5% is 0.05, 2s is 2. */
export function thresholdOf({ value }: ConditionData): number {
  if (typeof value === "number") return value;
  const share = parseShare(value);
  if (share !== undefined) return share;
  return parseDurationMs(value) === undefined ? Number(value) : durationMs(value) / 1_000;
}
