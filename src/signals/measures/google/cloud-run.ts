import { cpuAs, memoryAs } from "../containers-as.ts";
import { type About, is, metricWith } from "../matchers.ts";
import { type Measured, type NotMeasured, minutesMs, refused, usualFloor } from "../measured.ts";
import type { Asking } from "../native/asking.ts";
import { hostsOf } from "../native/outside.ts";
import { requestsAs, timedAs } from "../requests-as.ts";

const dayMs = minutesMs(24 * 60);

/** What Cloud Run measures of a service: https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-run */
export function cloudRun(
  { signal, environment }: Asking,
  { name }: Extract<About, { kind: "service" }>,
  deployed: string,
): Measured | NotMeasured | undefined {
  const own = ["service_name"];
  const revision = { monitored_resource: "cloud_run_revision", service_name: deployed };
  const of = (metric: string) => metricWith(`run_googleapis_com:${metric}`, revision, signal);
  const failed = metricWith("run_googleapis_com:request_count", revision, signal, is("response_code_class", "5xx"));
  // Google counts milliseconds, in buckets of its own: their edges are no round numbers.
  const timed = (metric: string, what: string): Measured => ({
    ...timedAs(signal, what, { own, sum: of(`${metric}_sum`), count: of(`${metric}_count`), buckets: of(`${metric}_bucket`) }),
    scale: 0.001,
    ...(signal.quantile === undefined
      ? {}
      : {
          exactness: {
            is: "approximate",
            reason: "Cloud Run's latencies are kept in exponential buckets, between whose edges it is read",
          },
        }),
  });
  switch (signal.measure) {
    case "requests":
    case "errors":
    case "errorRate":
      return requestsAs(signal, name, { own, all: of("request_count"), failed });
    case "latency":
      return { ...timed("request_latencies", `how long ${name}'s answers take`), usualFloor };
    case "coldStart":
      return {
        ...timed("container_startup_latencies", `how long ${name}'s new instances take to start`),
        usualMs: minutesMs(15),
      };
    case "cpu":
      return cpuAs(
        { name, own },
        { is: "mean", sum: of("container_cpu_utilizations_sum"), count: of("container_cpu_utilizations_count") },
      );
    case "memory":
      return {
        ...memoryAs({ name, own }, { is: "quantile", quantile: 0.99, buckets: of("container_memory_utilizations_bucket") }),
        exactness: {
          is: "approximate",
          reason: "Cloud Run tells how memory is spread over instances: the fullest is read as its 99th percentile",
        },
      };
    case "restarts":
    case "saturation":
      return refused(`Cloud Run has no metric for ${signal.measure}`);
    case "uptime":
    case "certificateLeft": {
      const hosts = hostsOf(name, environment);
      if (hosts.length === 0) return refused(`${name} has no host of its own in ${environment.environment}`);
      return outside(signal, hosts);
    }
    default:
      return undefined;
  }
}

export function outside(given: Asking["signal"], hosts: readonly string[]): Measured {
  // Cloud Monitoring knows a check by an id of its own, and not by its name: it is found by the host that it looks at.
  const { check: _, ...where } = given.where ?? {};
  const signal = { ...given, where };
  const of = (metric: string) =>
    metricWith(
      `monitoring_googleapis_com:${metric}`,
      { monitored_resource: "uptime_url" },
      signal,
      hosts.length === 1
        ? is("host", hosts.join(""))
        : { name: "host", op: "=~", value: hosts.map((host) => host.replaceAll(".", "\\.")).join("|") },
    );
  const names = hosts.join(", ");
  return signal.measure === "uptime"
    ? {
        is: "measured",
        shape: { is: "gauge", of: of("uptime_check_check_passed"), fold: "avg", always: true },
        unit: "share",
        own: ["host"],
        says: `the share of checks of ${names} from outside that succeed`,
      }
    : {
        is: "measured",
        shape: { is: "gauge", of: of("uptime_check_time_until_ssl_cert_expires"), fold: "min" },
        unit: "seconds",
        scale: dayMs / 1_000,
        own: ["host"],
        says: `how long the certificate of ${names} is good for`,
        exactness: {
          is: "approximate",
          reason: "Cloud Monitoring counts whole days, and only of hosts that an uptime check looks at",
        },
      };
}
