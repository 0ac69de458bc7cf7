import { refName } from "../../../spec/derive.ts";
import type { Matcher } from "../../series.ts";
import { type About, is, metricWith, oneOf } from "../matchers.ts";
import { type Measured, type NotMeasured, refused, usualFloor } from "../measured.ts";
import type { Selector } from "../promql-text.ts";
import type { Asking } from "./asking.ts";
import { timedAs } from "../requests-as.ts";

/** Queues, workflows, and what is done with what waits in them. */
export function jobs({ signal, asShare }: Asking, about: About): Measured | NotMeasured {
  const whose = jobsOf(about);
  if (whose === undefined) return refused(`${signal.measure} is measured of queues, workflows and what takes from them`);
  const { own, matcher, name } = whose;
  const select = (metric: string, ...more: Matcher[]): Selector => metricWith(metric, {}, signal, matcher, ...more);
  const byQueue = { own: ["queue"] } as const;
  const queues = queuesOf(about);
  const waiting = (metric: string, ...more: Matcher[]) => metricWith(metric, {}, signal, oneOf("queue", queues), ...more);
  const failed = select("jobs_total", is("outcome", "failed"));
  const all = select("jobs_total");
  switch (signal.measure) {
    case "queueDepth":
    case "queueAge":
    case "deadLetters": {
      if (queues.length === 0) return refused(`${name} takes from no queue`);
      const gauges = {
        // Several processes may tell the depth of one queue. What is in hand does not wait.
        queueDepth: {
          of: waiting("queue_depth", oneOf("state", ["", "waiting"])),
          unit: "count",
          says: `how many wait in ${name}`,
        },
        queueAge: { of: waiting("queue_oldest_age_seconds"), unit: "seconds", says: `how long the oldest has waited in ${name}` },
        deadLetters: { of: waiting("queue_dead_letters"), unit: "count", says: `how many ${name} has set aside` },
      } as const;
      const { of, unit, says } = gauges[signal.measure];
      return { is: "measured", shape: { is: "gauge", of, fold: "max" }, unit, ...byQueue, says };
    }
    case "throughput":
      return { is: "measured", shape: { is: "rate", of: all }, unit: "per second", own, says: `how many ${name} ends a second` };
    case "failureRate":
      return {
        is: "measured",
        shape: { is: "share", part: failed, whole: [all] },
        unit: "share",
        own,
        says: `the share of ${name}'s that failed`,
        traffic: all,
        usualFloor,
      };
    case "jobFailures":
      return asShare
        ? {
            is: "measured",
            shape: { is: "share", part: failed, whole: [all] },
            unit: "share",
            own,
            says: `the share of ${name}'s jobs that failed`,
            traffic: all,
            usualFloor,
          }
        : {
            is: "measured",
            shape: { is: "increase", of: select("job_failures_total") },
            unit: "count",
            own,
            says: `how many jobs of ${name} failed`,
          };
    default:
      return timedAs(signal, `how long jobs of ${name} take`, {
        own,
        sum: select("job_duration_seconds_sum"),
        count: select("job_duration_seconds_count"),
        buckets: select("job_duration_seconds_bucket"),
      });
  }
}

type Whose = { readonly own: readonly string[]; readonly matcher: Matcher; readonly name: string };

function jobsOf(about: About): Whose | undefined {
  if (about.kind === "service") return { own: ["service"], matcher: is("service", about.name), name: about.name };
  if (about.kind === "resource" && ["queue", "workflows", "topic"].includes(about.resource.kind))
    return { own: ["queue"], matcher: is("queue", about.name), name: about.name };
  return undefined;
}

/** A worker's queues are those that it takes from. */
function queuesOf(about: About): readonly string[] {
  if (about.kind === "resource") return [about.name];
  if (about.kind !== "service" || !("takes" in about.service)) return [];
  return [about.service.takes ?? []].flat().flatMap((one) => refName(one, "resources") ?? []);
}
