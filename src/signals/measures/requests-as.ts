import type { Measured } from "./measured.ts";
import { usualFloor } from "./measured.ts";
import type { Selector } from "./promql-text.ts";
import type { SignalData } from "./spec-data.ts";

/** How somebody who sees a service's requests calls them. */
export type RequestNames = {
  readonly own: readonly string[];
  readonly all: Selector;
  readonly failed: Selector;
};

/** A histogram of times, by its three series. */
export type TimeNames = {
  readonly own: readonly string[];
  readonly sum: Selector;
  readonly count: Selector;
  readonly buckets: Selector;
};

/** Requests, errors and the share of these: what they mean is the same wherever they are counted. */
export function requestsAs({ measure }: SignalData, name: string, { own, all, failed }: RequestNames): Measured | undefined {
  switch (measure) {
    case "requests":
      return { is: "measured", shape: { is: "rate", of: all }, unit: "per second", own, says: `${name}'s requests a second` };
    case "errors":
      return {
        is: "measured",
        shape: { is: "increase", of: failed },
        unit: "count",
        own,
        says: `how many of ${name}'s requests were answered with a 5xx`,
      };
    case "errorRate":
      return {
        is: "measured",
        shape: { is: "share", part: failed, whole: [all] },
        unit: "share",
        own,
        says: `the share of ${name}'s requests answered with a 5xx`,
        traffic: all,
        usualFloor,
      };
    default:
      return undefined;
  }
}

/** How long something takes: a quantile, or where none is asked for the mean. `what` is "how long api's answers take". */
export function timedAs({ quantile }: SignalData, what: string, { own, sum, count, buckets }: TimeNames): Measured {
  const timed = { is: "measured", unit: "seconds", own, traffic: count } as const;
  return quantile === undefined
    ? { ...timed, shape: { is: "mean", sum, count }, says: `${what} on average` }
    : { ...timed, shape: { is: "quantile", quantile, buckets }, says: `${what} at most, for ${percentile(quantile)} of them` };
}

export function percentile(quantile: number): string {
  return `${Number((quantile * 100).toPrecision(8))} %`;
}
