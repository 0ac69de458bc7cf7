import { cpuAs, memoryAs, restartsAs } from "../containers-as.ts";
import { type About, metricWith } from "../matchers.ts";
import type { Measured, NotMeasured } from "../measured.ts";
import type { Asking } from "../native/asking.ts";
import { hostsOf } from "../native/outside.ts";
import type { Shape } from "../shape.ts";
import { outside } from "./cloud-run.ts";

type Gauge = Extract<Shape, { readonly is: "gauge" }>;

/** What GKE measures of containers. Requests are counted by the services, and collected under the names they have everywhere. */
export function managedKubernetes(
  { signal, environment }: Asking,
  { name }: Extract<About, { kind: "service" }>,
  deployed: string,
): Measured | NotMeasured | undefined {
  const own = ["container_name"];
  const container = { monitored_resource: "k8s_container", container_name: deployed };
  const of = (metric: string) => metricWith(`kubernetes_io:${metric}`, container, signal);
  const cpu: Gauge = { is: "gauge", of: of("container_cpu_request_utilization"), fold: "avg" };
  const memory: Gauge = { is: "gauge", of: of("container_memory_limit_utilization"), fold: "max" };
  switch (signal.measure) {
    case "cpu":
      return cpuAs({ name, own }, cpu);
    case "memory":
      return memoryAs({ name, own }, memory);
    case "restarts":
      return restartsAs({ name, own }, of("container_restart_count"));
    case "saturation":
      return {
        is: "measured",
        shape: {
          is: "highest",
          of: [
            { name: "cpu", shape: cpu },
            { name: "memory", shape: memory },
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
