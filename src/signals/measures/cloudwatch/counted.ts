import type { Exactness } from "../../rules/ruleset.ts";
import type { CloudWatchAlarm, CloudWatchMetric, CloudWatchQuery } from "./alarm.ts";

/** What CloudWatch measures itself of what a condition is about. */
export type Counted = {
  /** Of one window; the last query is compared. */
  readonly queries: (periodSeconds: number) => readonly CloudWatchQuery[];
  /** What the threshold of the spec becomes: percent, what is free of what is used. */
  readonly threshold?: (threshold: number) => CloudWatchAlarm["threshold"];
  readonly flips?: boolean;
  /** Counted over a window, or looked at each minute. */
  readonly window: boolean;
  readonly leastPeriodSeconds?: number;
  readonly missing: CloudWatchAlarm["treatMissingData"];
  readonly exactness?: Exactness;
};

/** Some of all, and nothing where there are too few to tell. */
export function shareQueries(
  whole: (period: number) => CloudWatchMetric,
  part: (period: number) => CloudWatchMetric,
  { least, label }: { readonly least: number; readonly label: string },
): Counted["queries"] {
  return (period) => [
    { id: "whole", metric: whole(period) },
    { id: "part", metric: part(period) },
    { id: "share", expression: `IF(whole >= ${least}, FILL(part, 0) / whole, 0)`, label },
  ];
}

export function plainQuery(metric: (period: number) => CloudWatchMetric): Counted["queries"] {
  return (period) => [{ id: "value", metric: metric(period) }];
}
