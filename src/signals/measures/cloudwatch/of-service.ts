import type { Environment } from "../../../spec/environment.ts";
import type { About } from "../matchers.ts";
import { usualFloor } from "../measured.ts";
import { hostsOf } from "../native/outside.ts";
import type { ConditionData } from "../spec-data.ts";
import type { CloudWatchMetric, DimensionOf } from "./alarm.ts";
import { type Counted, plainQuery, shareQueries } from "./counted.ts";

const percent = (share: number): number => Number((share * 100).toPrecision(12));

/** What the load balancer and ECS measure of a service. */
export function ofService(
  { signal, minimumRequests }: ConditionData,
  { name }: Extract<About, { kind: "service" }>,
  environment: Environment,
): Counted | string {
  const runs = "runs" in environment ? environment.runs : undefined;
  const balanced = environment.hosts.some(({ service }) => service === name);
  const balancer =
    (metric: string, statistic: string) =>
    (periodSeconds: number): CloudWatchMetric => ({
      namespace: "AWS/ApplicationELB",
      name: metric,
      statistic,
      periodSeconds,
      dimensions: { LoadBalancer: { kind: "load balancer" }, TargetGroup: { kind: "target group", service: name } },
    });
  const ecs =
    (metric: string, statistic: string) =>
    (periodSeconds: number): CloudWatchMetric => ({
      namespace: "AWS/ECS",
      name: metric,
      statistic,
      periodSeconds,
      dimensions: { ClusterName: { kind: "cluster" }, ServiceName: { kind: "service", name } } satisfies Record<
        string,
        DimensionOf
      >,
    });
  const requests = balancer("RequestCount", "Sum");
  const least = minimumRequests ?? usualFloor;
  switch (signal.measure) {
    case "requests":
    case "errors":
    case "errorRate":
    case "latency":
      if (runs === "eks" || !balanced) return `no load balancer of AWS's measures the requests of ${name}`;
      break;
    case "cpu":
    case "memory":
      if (runs !== "ecs") return `ECS does not run ${name}`;
      break;
    default:
      break;
  }
  switch (signal.measure) {
    case "requests":
      return {
        queries: (period) => [
          { id: "all", metric: requests(period) },
          { id: "rate", expression: `all / ${period}`, label: "requests a second" },
        ],
        window: true,
        missing: "notBreaching",
      };
    case "errors":
      return { queries: plainQuery(balancer("HTTPCode_Target_5XX_Count", "Sum")), window: true, missing: "notBreaching" };
    case "errorRate":
      return {
        queries: shareQueries(requests, balancer("HTTPCode_Target_5XX_Count", "Sum"), {
          least,
          label: "share answered with a 5xx",
        }),
        window: true,
        missing: "notBreaching",
        exactness: {
          is: "approximate",
          reason:
            "what the load balancer answers itself, as a 503 without a healthy target, is no answer of the service's and is not counted",
        },
      };
    case "latency": {
      if (signal.quantile === undefined) return "say which quantile";
      const statistic = `p${percent(signal.quantile)}`;
      return {
        queries: (period) => [
          { id: "all", metric: requests(period) },
          { id: "slowest", metric: balancer("TargetResponseTime", statistic)(period) },
          { id: "value", expression: `IF(all >= ${least}, slowest, 0)`, label: `${statistic} of answers, in seconds` },
        ],
        window: true,
        missing: "notBreaching",
      };
    }
    case "cpu":
      return {
        queries: plainQuery(ecs("CPUUtilization", "Average")),
        threshold: percent,
        window: signal.over !== undefined,
        missing: "missing",
      };
    case "memory":
      return {
        queries: plainQuery(ecs("MemoryUtilization", "Maximum")),
        threshold: percent,
        window: signal.over !== undefined,
        missing: "missing",
      };
    case "certificateLeft":
      if (hostsOf(name, environment).length === 0) return `${name} has no certificate here`;
      return {
        queries: plainQuery((periodSeconds) => ({
          namespace: "AWS/CertificateManager",
          name: "DaysToExpiry",
          statistic: "Minimum",
          periodSeconds,
          dimensions: { CertificateArn: { kind: "certificate", service: name } },
        })),
        threshold: (seconds) => Number((seconds / 86_400).toPrecision(12)),
        window: false,
        // Told twice a day.
        leastPeriodSeconds: 86_400,
        missing: "missing",
        exactness: { is: "approximate", reason: "AWS counts whole days, and tells them twice a day" },
      };
    default:
      return `AWS has no metric for ${signal.measure} of a service`;
  }
}
