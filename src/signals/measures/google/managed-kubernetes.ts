import { type About, metricWith } from "../matchers.ts";
import { type Measured, type NotMeasured, minutesMs } from "../measured.ts";
import type { Asking } from "../native/native.ts";
import { hostsOf } from "../native/outside.ts";
import { outside } from "./cloud-run.ts";

/** What GKE measures of containers. Requests are counted by the services, and collected under the names they have everywhere. */
export function managedKubernetes(
  { signal, environment }: Asking,
  { name }: Extract<About, { kind: "service" }>,
  deployed: string,
): Measured | NotMeasured | undefined {
  const own = ["container_name"];
  const container = { monitored_resource: "k8s_container", container_name: deployed };
  const of = (metric: string) => metricWith(`kubernetes_io:${metric}`, container, signal);
  switch (signal.measure) {
    case "cpu":
      return {
        is: "measured",
        shape: { is: "gauge", of: of("container_cpu_request_utilization"), fold: "avg" },
        unit: "share",
        own,
        says: `the CPU that ${name} uses, as a share of what it asked for`,
      };
    case "memory":
      return {
        is: "measured",
        shape: { is: "gauge", of: of("container_memory_limit_utilization"), fold: "max" },
        unit: "share",
        own,
        says: `the memory that the fullest instance of ${name} uses, as a share of its limit`,
      };
    case "restarts":
      return {
        is: "measured",
        shape: { is: "increase", of: of("container_restart_count") },
        unit: "count",
        own,
        usualMs: minutesMs(60),
        says: `how often containers of ${name} started anew`,
      };
    case "saturation":
      return {
        is: "measured",
        shape: {
          is: "highest",
          of: [
            { name: "cpu", shape: { is: "gauge", of: of("container_cpu_request_utilization"), fold: "avg" } },
            { name: "memory", shape: { is: "gauge", of: of("container_memory_limit_utilization"), fold: "max" } },
          ],
        },
        unit: "share",
        own,
        says: `how full the scarcer of ${name}'s CPU and memory is`,
      };
    case "uptime":
    case "certificateLeft": {
      const hosts = hostsOf(name, environment);
      return hosts.length === 0 ? undefined : outside(signal, hosts);
    }
    default:
      return undefined;
  }
}
