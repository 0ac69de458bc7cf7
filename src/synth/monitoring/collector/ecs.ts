import type { YamlValue } from "../../text/yaml.ts";
import { groundOf, toolsBeside, type Watch } from "../watch.ts";
import { feedsCloudWatch } from "./cloudwatch.ts";

type Map = Readonly<Record<string, YamlValue>>;

/** Prometheus knows no ECS: the collector asks it where tasks are, and writes that down where Prometheus reads it. */
export function ecsObserver(watch: Watch): Map {
  const { environment } = watch;
  const asks = toolsBeside(environment).prometheus || feedsCloudWatch(environment);
  if (environment.cloud !== "aws" || groundOf(environment) !== "ecs" || !asks) return {};
  const services = Object.entries(environment.services).flatMap(([name, { metrics, port, health }]) =>
    metrics === undefined || (port === undefined && health === undefined)
      ? []
      : [
          {
            name_pattern: `^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(-(blue|green))?$$`,
            metrics_ports: [port ?? 8080],
            metrics_path: metrics,
            job_name: name,
          },
        ],
  );
  if (services.length === 0) return {};
  return {
    ecs_observer: {
      refresh_interval: "30s",
      cluster_name: environment.cluster?.name ?? `${watch.subject.name}-${environment.environment}`,
      ...(environment.region === undefined ? {} : { cluster_region: environment.region }),
      result_file: "/etc/prometheus/targets/services.yaml",
      job_label_name: "prometheus_job",
      services,
    },
  };
}
