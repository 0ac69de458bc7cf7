import type { Exactness } from "../../rules/ruleset.ts";

/** What a dimension's value is; the infrastructure code knows it by its own name. */
export type DimensionOf =
  | { readonly kind: "load balancer" }
  | { readonly kind: "target group"; readonly service: string }
  | { readonly kind: "certificate"; readonly service: string }
  | { readonly kind: "cluster" }
  | { readonly kind: "service"; readonly name: string }
  | { readonly kind: "resource"; readonly name: string }
  | { readonly kind: "replica"; readonly name: string }
  | { readonly kind: "text"; readonly text: string };

export type CloudWatchMetric = {
  readonly namespace: string;
  readonly name: string;
  /** "Sum", "Maximum", "Minimum", "Average" or a percentile as "p99". */
  readonly statistic: string;
  readonly periodSeconds: number;
  readonly dimensions: Readonly<Record<string, DimensionOf>>;
};

/** One line of an alarm's `metric_query`s. Ids are letters and digits, in the order of use. */
export type CloudWatchQuery =
  | { readonly id: string; readonly metric: CloudWatchMetric }
  /** Metric math over the ids before it. */
  | { readonly id: string; readonly expression: string; readonly label: string };

/** A number, or a share of what only the infrastructure code knows. */
export type CloudWatchThreshold =
  number | { readonly share: number; readonly of: "max connections" | "storage bytes"; readonly resource: string };

/** A classic alarm: one series, metric math. */
export type CloudWatchAlarm = {
  readonly is: "alarm";
  /** At most ten; the last one is the one that is compared. */
  readonly queries: readonly CloudWatchQuery[];
  readonly comparison:
    "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold" | "LessThanOrEqualToThreshold";
  readonly threshold: CloudWatchThreshold;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: "missing" | "ignore" | "breaching" | "notBreaching";
  readonly lowSamples?: "evaluate" | "ignore";
  readonly says: string;
  readonly exactness: Exactness;
};

/** Several alarms of which all must ring: a burn over a long and a short window. */
export type CloudWatchComposite = {
  readonly is: "composite";
  /** Joined by AND, or by OR. */
  readonly joined: "and" | "or";
  readonly parts: readonly CloudWatchAlarm[];
  readonly says: string;
  readonly exactness: Exactness;
};

/** Money is watched by a budget of the account, not by an alarm. */
export type CloudWatchBudget = {
  readonly is: "budget";
  readonly every: "MONTHLY" | "DAILY";
  readonly usd: number;
  readonly atPercent: number;
  readonly says: string;
  readonly exactness: Exactness;
};
