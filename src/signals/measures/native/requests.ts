import { type About, metricWith } from "../matchers.ts";
import { type Measured, type NotMeasured, minutesMs, refused, usualFloor } from "../measured.ts";
import { requestsAs, timedAs } from "../requests-as.ts";
import type { Asking } from "./asking.ts";

// `status` is a class from the gateway ("5xx") and a code from a service ("503"): both begin with the digit.
const failed = { name: "status", op: "=~", value: "5.." } as const;

/** What a service's callers see. */
export function requests({ signal }: Asking, about: About): Measured | NotMeasured {
  if (about.kind !== "service") return refused(`${signal.measure} is measured of services`);
  const { name } = about;
  const own = ["service"];
  const labels = { service: name };
  const of = (metric: string) => metricWith(metric, labels, signal);
  const timed = (metric: string, what: string) =>
    timedAs(signal, what, { own, sum: of(`${metric}_sum`), count: of(`${metric}_count`), buckets: of(`${metric}_bucket`) });
  if (signal.measure === "latency")
    return {
      ...timed("http_request_duration_seconds", `how long ${name}'s answers take`),
      usualFloor,
    };
  const all = of("http_requests_total");
  // Cold starts are rare: each of them counts.
  return (
    requestsAs(signal, name, { own, all, failed: metricWith("http_requests_total", labels, signal, failed) }) ?? {
      ...timed("cold_start_duration_seconds", `how long ${name}'s new instances take before their first answer`),
      usualMs: minutesMs(15),
    }
  );
}
