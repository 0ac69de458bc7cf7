import { type YamlValue, yaml } from "../../text/yaml.ts";
import { groundOf, toolsBeside, tools, type Watch } from "../watch.ts";
import { span } from "../words.ts";
import { blackboxJobs } from "./blackbox.ts";
import { exporterJobs } from "./exporters.ts";
import { kubernetesJobs } from "./kubernetes.ts";
import { limits } from "./limits.ts";
import { serviceTargets } from "./services.ts";

/** What Prometheus of an environment scrapes, and whom it tells. Environment and product are no part of any expression. */
export function prometheusFile(watch: Watch): string {
  const { environment, rules } = watch;
  const beside = toolsBeside(environment);
  const name = (tool: keyof typeof tools) => `${tool}:${tools[tool].port}`;
  return yaml({
    global: {
      scrape_interval: "15s",
      scrape_timeout: "10s",
      evaluation_interval: span(rules.everyMs),
      external_labels: { product: rules.product, environment: rules.environment },
    },
    rule_files: ["rules.yml"],
    ...(beside.alertmanager ? { alerting: { alertmanagers: [{ static_configs: [{ targets: [name("alertmanager")] }] }] } } : {}),
    scrape_configs: [{ job_name: "prometheus", static_configs: [{ targets: ["localhost:9090"] }] }, ...scrapeJobs(watch)],
  });
}

/** Whom whoever collects in Prometheus' manner asks, and under which labels that is kept. */
export function scrapeJobs(watch: Watch): readonly YamlValue[] {
  return [...servicesOf(watch), ...exporterJobs(watch), ...blackboxJobs(watch)];
}

function servicesOf(watch: Watch): readonly YamlValue[] {
  switch (groundOf(watch.environment)) {
    case "kubernetes":
      return kubernetesJobs(watch);
    case "ecs":
      return fromFile();
    case "compose":
      return fromTargets(watch);
    case "cloud run":
    case undefined:
      return [];
  }
}

function fromTargets(watch: Watch): readonly YamlValue[] {
  const targets = serviceTargets(watch);
  if (targets.length === 0) return [];
  return [
    {
      job_name: "services",
      ...limits,
      static_configs: targets.map(({ service, target, path }) => ({
        targets: [target],
        labels: { service, replica: target, __metrics_path__: path },
      })),
    },
  ];
}

/** Tasks come and go: the collector writes down where they are, and blue and green of a service are one. */
function fromFile(): readonly YamlValue[] {
  return [
    {
      job_name: "services",
      ...limits,
      file_sd_configs: [{ files: ["/etc/prometheus/targets/services.yaml"], refresh_interval: "30s" }],
      relabel_configs: [
        {
          source_labels: ["__meta_ecs_service_name"],
          regex: "(.+?)(?:-(?:blue|green))?",
          target_label: "service",
        },
        { source_labels: ["__meta_ecs_task_definition_revision"], target_label: "revision" },
        { source_labels: ["__address__"], target_label: "replica" },
      ],
    },
  ];
}
