import { literal } from "../compose/literal.ts";
import { composeText } from "../compose/values.ts";
import type { ComposeService } from "../compose/stores.ts";
import type { File } from "../file.ts";
import { type YamlValue, noted, yaml } from "../text/yaml.ts";
import { alertmanagerPath, collectorPath, folderOf, lokiPath, tempoPath } from "./paths.ts";
import { needsCollector } from "./collector/config.ts";
import { dashboardsFolder } from "./grafana/provisioning.ts";
import { needsBlackbox } from "./prometheus/blackbox.ts";
import { exportedOf, needsPushes } from "./prometheus/exporters.ts";
import { toolsBeside, tools, type Watch } from "./watch.ts";

type Named = readonly [name: string, service: ComposeService];

/**
 * The tools beside the product's own containers, in a file of its own: whoever wants them brings both up together, and the product's
 * file stays what its document says.
 */
export function composeFile(watch: Watch): File | undefined {
  const { layout } = watch;
  const services = containers(watch);
  if (services.length === 0) return undefined;
  const volumes = services.map(([name]) => name).filter((name) => Object.hasOwn(stateOf, name));
  const text = yaml(
    noted("Beside the product's own containers: docker compose -f <its file> -f <this file> up", {
      services: Object.fromEntries(services),
      ...(volumes.length === 0 ? {} : { volumes: Object.fromEntries(volumes.map((name) => [`${name}-data`, {}])) }),
    }),
  );
  return { path: `${layout.monitoring}/compose.yaml`, text };
}

/** What each keeps between two starts, and where. */
const stateOf: Readonly<Record<string, string>> = {
  prometheus: "/prometheus",
  grafana: "/var/lib/grafana",
  loki: "/loki",
  tempo: "/var/tempo",
};

function containers(watch: Watch): readonly Named[] {
  const { environment, layout } = watch;
  const beside = toolsBeside(environment);
  const own = folderOf(watch);
  const one = (name: keyof typeof tools, more: ComposeService & { readonly volumes?: readonly string[] }): Named => {
    const state = stateOf[name];
    const { volumes = [], ...rest } = more;
    const mounts = [...volumes.map(literal), ...(state === undefined ? [] : [`${name}-data:${state}`])];
    return [name, { image: tools[name].image, ...rest, ...(mounts.length === 0 ? {} : { volumes: mounts }) }];
  };
  const page = (host: number, name: keyof typeof tools) => [`127.0.0.1:${host}:${tools[name].port}`];
  return [
    ...(beside.prometheus
      ? [
          one("prometheus", {
            command: [
              "--config.file=/etc/prometheus/prometheus.yml",
              "--storage.tsdb.retention.time=15d",
              "--web.enable-otlp-receiver",
            ],
            ports: page(9090, "prometheus"),
            volumes: [`./${own}/prometheus:/etc/prometheus:ro`],
          }),
        ]
      : []),
    ...(beside.alertmanager
      ? [
          one("alertmanager", {
            command: ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/tmp/alertmanager"],
            ports: page(9093, "alertmanager"),
            volumes: [`./${alertmanagerPath(watch)}:/etc/alertmanager/alertmanager.yml:ro`],
          }),
        ]
      : []),
    ...(beside.grafana
      ? [
          one("grafana", {
            environment: {
              GF_ANALYTICS_REPORTING_ENABLED: "false",
              GF_AUTH_ANONYMOUS_ENABLED: "true",
              GF_AUTH_ANONYMOUS_ORG_ROLE: "Viewer",
            },
            ports: page(3001, "grafana"),
            volumes: [
              `./${own}/grafana:/etc/grafana/provisioning:ro`,
              `./${layout.monitoring}/grafana/dashboards:${dashboardsFolder}:ro`,
            ],
          }),
        ]
      : []),
    ...(beside.loki
      ? [
          one("loki", {
            command: ["-config.file=/etc/loki/loki.yaml"],
            ports: page(3100, "loki"),
            volumes: [`./${lokiPath(watch)}:/etc/loki/loki.yaml:ro`],
          }),
        ]
      : []),
    ...(beside.tempo
      ? [
          one("tempo", {
            command: ["-config.file=/etc/tempo/tempo.yaml"],
            volumes: [`./${tempoPath(watch)}:/etc/tempo/tempo.yaml:ro`],
          }),
        ]
      : []),
    ...(needsCollector(watch)
      ? [
          one("collector", {
            command: ["--config=/etc/otelcol/collector.yaml"],
            ports: page(4318, "collector"),
            volumes: [`./${collectorPath(watch)}:/etc/otelcol/collector.yaml:ro`],
          }),
        ]
      : []),
    ...(beside.prometheus ? besidePrometheus(watch, one) : []),
  ];
}

type One = (name: keyof typeof tools, more: ComposeService & { readonly volumes?: readonly string[] }) => Named;

function besidePrometheus(watch: Watch, one: One): readonly Named[] {
  return [
    ...(needsBlackbox(watch)
      ? [
          one("blackbox", {
            command: ["--config.file=/etc/blackbox/blackbox.yml"],
            volumes: [`./${folderOf(watch)}/prometheus/blackbox.yml:/etc/blackbox/blackbox.yml:ro`],
          }),
        ]
      : []),
    ...(needsPushes(watch) ? [one("pushgateway", {})] : []),
    ...exportedOf(watch).map(({ resource, kind, host }): Named => {
      const [, service] = one(kind, { environment: exporterEnv(watch, resource, kind) });
      return [host, service];
    }),
  ];
}

function exporterEnv({ environment }: Watch, resource: string, kind: "postgres" | "redis"): Readonly<Record<string, YamlValue>> {
  const name = kind === "postgres" ? "DATA_SOURCE_NAME" : "REDIS_ADDR";
  const url = composeText(environment, { name, from: "resource", resource, attribute: "url" });
  const secret = resource.toUpperCase().replaceAll("-", "_");
  const address = url === undefined ? `\${${secret}_EXPORTER_URL:?is not set in the shell that starts this}` : literal(url);
  return { [name]: kind === "postgres" && url !== undefined ? `${address}?sslmode=disable` : address };
}
