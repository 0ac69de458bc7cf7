import type { Ruleset } from "../../signals/rules/ruleset.ts";
import type { Environment } from "../../spec/environment.ts";
import { runsOnKubernetes } from "../kubernetes/runs.ts";
import type { Layout } from "../layout.ts";
import type { Subject } from "../subject.ts";
import type { Channel } from "./channels.ts";
import type { Express } from "./drawn.ts";
import type { Links } from "./labels.ts";

/** All that the watching of one environment is written of. */
export type Watch = {
  readonly subject: Subject;
  readonly environment: Environment;
  readonly layout: Layout;
  readonly rules: Ruleset;
  readonly channels: readonly Channel[];
  readonly links: Links;
  /** How a signal is asked of a Prometheus. */
  readonly ask: Express;
};

/** Where what watches runs beside what it watches. */
export type Ground = "compose" | "kubernetes" | "ecs" | "cloud run";

export function groundOf(environment: Environment): Ground | undefined {
  if (environment.cloud === "local") return environment.compose === undefined ? undefined : "compose";
  if (runsOnKubernetes(environment)) return "kubernetes";
  return environment.cloud === "aws" ? "ecs" : "cloud run";
}

type Tools = NonNullable<Environment["tools"]>;

/** Which of the spec's tools stand beside what they watch: a cloud's own are no files here. */
export function toolsBeside({ tools }: Environment): {
  readonly prometheus: boolean;
  readonly alertmanager: boolean;
  readonly grafana: boolean;
  readonly alertsInGrafana: boolean;
  readonly loki: boolean;
  readonly tempo: boolean;
} {
  const alerts: NonNullable<Tools["alerts"]> = tools?.alerts ?? [];
  return {
    prometheus: tools?.metrics?.includes("prometheus") === true,
    alertmanager: alerts.includes("alertmanager"),
    grafana: tools?.dashboards === "grafana",
    alertsInGrafana: alerts.includes("grafana"),
    loki: tools?.logs === "loki",
    tempo: tools?.traces === "tempo",
  };
}

/** The port of each, and its name where it is reached by one. */
export const tools = {
  prometheus: { port: 9090, image: "prom/prometheus:v3.5.0" },
  alertmanager: { port: 9093, image: "prom/alertmanager:v0.28.1" },
  grafana: { port: 3000, image: "grafana/grafana:12.1.1" },
  loki: { port: 3100, image: "grafana/loki:3.5.3" },
  tempo: { port: 3200, image: "grafana/tempo:2.8.2" },
  collector: { port: 4318, image: "otel/opentelemetry-collector-contrib:0.131.0" },
  blackbox: { port: 9115, image: "prom/blackbox-exporter:v0.27.0" },
  postgres: { port: 9187, image: "prometheuscommunity/postgres-exporter:v0.17.1" },
  redis: { port: 9121, image: "oliver006/redis_exporter:v1.74.0" },
  pushgateway: { port: 9091, image: "prom/pushgateway:v1.11.1" },
} as const;
