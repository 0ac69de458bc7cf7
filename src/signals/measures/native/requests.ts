import { type About, metricWith } from "../matchers.ts";
import { type Measured, type NotMeasured, minutesMs, refused, usualFloor } from "../measured.ts";
import type { Asking } from "./native.ts";

// `status` is a class from the gateway ("5xx") and a code from a service ("503"): both begin with the digit.
const failed = { name: "status", op: "=~", value: "5.." } as const;

/** What a service's callers see. */
export function requests({ signal }: Asking, about: About): Measured | NotMeasured {
  if (about.kind !== "service") return refused(`${signal.measure} is measured of services`);
  const { name } = about;
  const own = ["service"];
  const labels = { service: name };
  const all = metricWith("http_requests_total", labels, signal);
  const errors = metricWith("http_requests_total", labels, signal, failed);
  const timed = (metric: string, says: string): Pick<Measured, "shape" | "unit" | "says"> =>
    signal.quantile === undefined
      ? {
          shape: {
            is: "mean",
            sum: metricWith(`${metric}_sum`, labels, signal),
            count: metricWith(`${metric}_count`, labels, signal),
          },
          unit: "seconds",
          says: `how long ${says} on average`,
        }
      : {
          shape: { is: "quantile", quantile: signal.quantile, buckets: metricWith(`${metric}_bucket`, labels, signal) },
          unit: "seconds",
          says: `how long ${says} at most, for ${percentile(signal.quantile)} of them`,
        };
  switch (signal.measure) {
    case "requests":
      return { is: "measured", shape: { is: "rate", of: all }, unit: "per second", own, says: `${name}'s requests a second` };
    case "errors":
      return {
        is: "measured",
        shape: { is: "increase", of: errors },
        unit: "count",
        own,
        says: `how many of ${name}'s requests were answered with a 5xx`,
      };
    case "errorRate":
      return {
        is: "measured",
        shape: { is: "share", part: errors, whole: [all] },
        unit: "share",
        own,
        says: `the share of ${name}'s requests answered with a 5xx`,
        traffic: all,
        usualFloor,
      };
    case "latency":
      return {
        is: "measured",
        ...timed("http_request_duration_seconds", `${name}'s answers take`),
        own,
        traffic: metricWith("http_request_duration_seconds_count", labels, signal),
        usualFloor,
      };
    default:
      // Cold starts are rare: each of them counts.
      return {
        is: "measured",
        ...timed("cold_start_duration_seconds", `${name}'s new instances take before their first answer`),
        own,
        usualMs: minutesMs(15),
        traffic: metricWith("cold_start_duration_seconds_count", labels, signal),
      };
  }
}

export function percentile(quantile: number): string {
  return `${Number((quantile * 100).toPrecision(8))} %`;
}
