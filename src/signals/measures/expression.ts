import type { Exactness } from "../rules/ruleset.ts";

/** `share` is 0 to 1. What a product's own metric counts may have a unit of its own, as "tokens". */
export type Unit = "share" | "seconds" | "bytes" | "count" | "per second" | "usd" | "times" | (string & {});

/**
 * In whose names metrics are asked for: "prometheus" is what is used here and in any Prometheus, "google" Cloud Monitoring's
 * PromQL, "cloudwatch" CloudWatch's PromQL over OpenTelemetry metrics.
 */
export type DialectName = "prometheus" | "google" | "cloudwatch";

/** What a signal or a condition is, as PromQL. */
export type Expression = {
  readonly is: "expression";
  readonly expr: string;
  /** Of the values that it gives in this dialect: Google counts latencies in milliseconds, and `scale` is then 0.001. */
  readonly unit: Unit;
  /** What a value is multiplied with to be in `unit`. */
  readonly scale: number;
  /** What is measured, and for a condition its threshold, as a phrase: "the share of api's requests answered with a 5xx, over 5m". */
  readonly says: string;
  readonly exactness: Exactness;
};

/** What cannot be said in a dialect, or not in this environment. */
export type Refused = {
  readonly is: "refused";
  readonly reason: string;
  readonly says: string;
  /** Another environment could. */
  readonly here?: true;
  /** What of a condition cannot be. Where nothing is said, it is what is measured. */
  readonly at?: "minimumRequests" | "value";
};

/**
 * How the things of an environment are called where they run. A name that only the infrastructure code knows is left out, and
 * what asks for it is refused.
 */
export type CloudNames = {
  /** The Cloud Run service, container or target group's service. */
  readonly service?: (name: string) => string | undefined;
  /** The instance of a database, cache, bucket or queue (for a queue on Pub/Sub its subscription). */
  readonly resource?: (name: string) => string | undefined;
};

export type Asked = Expression | Refused;
