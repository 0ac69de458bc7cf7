import { refName } from "../../../spec/derive.ts";
import type { File } from "../../file.ts";
import { cluster } from "../../kubernetes/cluster.ts";
import type { Manifest } from "../../kubernetes/manifest.ts";
import { namespaceOf } from "../../kubernetes/namespace.ts";
import { relative } from "../../layout.ts";
import { yaml, yamlDocuments } from "../../text/yaml.ts";
import { secretsFolder } from "../alertmanager.ts";
import type { Dashboards } from "../grafana/files.ts";
import { dashboardsFolder } from "../grafana/provisioning.ts";
import { folderOf } from "../paths.ts";
import { needsBlackbox } from "../prometheus/blackbox.ts";
import { exportedOf, needsPushes } from "../prometheus/exporters.ts";
import { toolsBeside, tools, type Watch } from "../watch.ts";
import { externalSecret, namespaceObject, policies, reader } from "./access.ts";
import { type Tool, toolObjects } from "./tool.ts";

const kustomize = "kustomize.config.k8s.io/v1beta1";
const nobody = 65534;

/** The tools in a cluster's namespace of their own, each with its files as a config map: a change of them starts it anew. */
export function kubernetesFiles(watch: Watch, dashboards: Dashboards): readonly File[] {
  const { subject, environment } = watch;
  const beside = toolsBeside(environment);
  if (!beside.prometheus) return [];
  const folder = folderOf(watch);
  const all = toolsOf(watch);
  const objects: readonly Manifest[] = [
    ...reader("prometheus", [{ resources: ["nodes", "nodes/metrics", "pods"], verbs: ["get", "list", "watch"] }]),
    ...reader("kube-state-metrics", [{ resources: ["pods"], verbs: ["list", "watch"] }]),
    ...all.flatMap(toolObjects),
    ...externalSecret("alertmanager", secretsOf(watch)),
    ...externalSecret("exporters", urlsOf(watch)),
    ...policies(namespaceOf(subject, environment), { takesLogs: beside.loki, takesPushes: needsPushes(watch) }),
  ];
  const drawn = Object.keys(environment.dashboards).length > 0 && beside.grafana;
  const kustomization = {
    apiVersion: kustomize,
    kind: "Kustomization",
    namespace: cluster.monitoring.namespace,
    resources: ["namespace.yaml", "tools.yaml", ...(drawn ? [relative(folder, dashboards.folderOf(watch))] : [])],
    configMapGenerator: mapsOf(watch),
  };
  return [
    { path: `${folder}/kustomization.yaml`, text: yaml(kustomization) },
    { path: `${folder}/namespace.yaml`, text: yaml(namespaceObject()) },
    { path: `${folder}/tools.yaml`, text: yamlDocuments(objects) },
  ];
}

/** The dashboards as a config map, for every environment that draws them. */
export function dashboardsMap(watches: readonly Watch[], dashboards: Dashboards): readonly File[] {
  const folders = new Set(watches.filter(({ environment }) => toolsBeside(environment).grafana).map(dashboards.folderOf));
  return [...folders].flatMap((folder) => {
    const files = dashboards.files.flatMap(({ path }) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : []));
    if (files.length === 0) return [];
    return [
      {
        path: `${folder}/kustomization.yaml`,
        text: yaml({ apiVersion: kustomize, kind: "Kustomization", configMapGenerator: [{ name: "grafana-dashboards", files }] }),
      },
    ];
  });
}

function mapsOf(watch: Watch): { readonly name: string; readonly files: readonly string[] }[] {
  const { environment, rules } = watch;
  const beside = toolsBeside(environment);
  return [
    { name: "prometheus", files: ["prometheus/prometheus.yml", "prometheus/rules.yml"] },
    ...(needsBlackbox(watch) ? [{ name: "blackbox", files: ["prometheus/blackbox.yml"] }] : []),
    ...(beside.alertmanager ? [{ name: "alertmanager", files: ["alertmanager/alertmanager.yml"] }] : []),
    ...(beside.grafana
      ? [
          { name: "grafana-datasources", files: ["grafana/datasources/datasources.yaml"] },
          { name: "grafana-provider", files: ["grafana/dashboards/provider.yaml"] },
          ...(beside.alertsInGrafana && rules.alerts.length > 0
            ? [{ name: "grafana-alerting", files: ["grafana/alerting/alerting.yaml"] }]
            : []),
        ]
      : []),
    ...(beside.loki ? [{ name: "loki", files: ["loki.yaml"] }] : []),
  ];
}

function toolsOf(watch: Watch): readonly Tool[] {
  const { environment, subject } = watch;
  const beside = toolsBeside(environment);
  const maps = new Set(mapsOf(watch).map(({ name }) => name));
  const drawn = Object.keys(environment.dashboards).length > 0;
  const image = (name: keyof typeof tools) => ({ image: tools[name].image, port: tools[name].port });
  const metrics = { ready: "/metrics", user: nobody };
  return [
    {
      name: "prometheus",
      ...image("prometheus"),
      user: nobody,
      account: "prometheus",
      args: [
        "--config.file=/etc/prometheus/prometheus.yml",
        "--storage.tsdb.path=/prometheus",
        "--storage.tsdb.retention.time=31d",
        "--storage.tsdb.retention.size=18GB",
      ],
      maps: [{ map: "prometheus", at: "/etc/prometheus" }],
      state: { at: "/prometheus", size: "20Gi" },
      cpu: "500m",
      memory: "2Gi",
    },
    {
      name: "kube-state-metrics",
      image: "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.16.0",
      port: 8080,
      account: "kube-state-metrics",
      args: ["--resources=pods", `--namespaces=${namespaceOf(subject, environment)}`],
      ...metrics,
    },
    ...(beside.alertmanager
      ? [
          {
            name: "alertmanager",
            ...image("alertmanager"),
            user: nobody,
            args: [
              "--config.file=/etc/alertmanager/alertmanager.yml",
              "--storage.path=/alertmanager",
              "--cluster.listen-address=",
            ],
            maps: [{ map: "alertmanager", at: "/etc/alertmanager" }],
            ...(Object.keys(secretsOf(watch)).length === 0 ? {} : { secret: { name: "alertmanager", at: secretsFolder } }),
            // Silences outlive a restart.
            state: { at: "/alertmanager", size: "1Gi" },
          },
        ]
      : []),
    ...(beside.grafana
      ? [
          {
            name: "grafana",
            ...image("grafana"),
            user: 472,
            ready: "/api/health",
            env: [
              { name: "GF_ANALYTICS_REPORTING_ENABLED", value: "false" },
              { name: "GF_LOG_MODE", value: "console" },
              { name: "GF_PATHS_DATA", value: "/var/lib/grafana" },
            ],
            maps: [
              { map: "grafana-datasources", at: "/etc/grafana/provisioning/datasources" },
              { map: "grafana-provider", at: "/etc/grafana/provisioning/dashboards" },
              ...(maps.has("grafana-alerting") ? [{ map: "grafana-alerting", at: "/etc/grafana/provisioning/alerting" }] : []),
              ...(drawn ? [{ map: "grafana-dashboards", at: `${dashboardsFolder}/${subject.name}` }] : []),
            ],
            state: { at: "/var/lib/grafana", size: "1Gi" },
            cpu: "250m",
            memory: "512Mi",
          },
        ]
      : []),
    ...(beside.loki
      ? [
          {
            name: "loki",
            ...image("loki"),
            user: 10001,
            ready: "/ready",
            args: ["-config.file=/etc/loki/loki.yaml"],
            maps: [{ map: "loki", at: "/etc/loki" }],
            state: { at: "/loki", size: "50Gi" },
            cpu: "250m",
            memory: "1Gi",
            also: [{ name: "loki-gateway", port: 80 }],
          },
        ]
      : []),
    ...(needsBlackbox(watch)
      ? [
          {
            name: "blackbox",
            ...image("blackbox"),
            ...metrics,
            args: ["--config.file=/etc/blackbox/blackbox.yml"],
            maps: [{ map: "blackbox", at: "/etc/blackbox" }],
          },
        ]
      : []),
    ...(needsPushes(watch) ? [{ name: "pushgateway", ...image("pushgateway"), user: nobody }] : []),
    ...exportersOf(watch).map(({ host, kind, variable }) => ({
      name: host,
      ...image(kind),
      ...metrics,
      env: [{ name: variable, valueFrom: { secretKeyRef: { name: "exporters", key: host } } }],
    })),
  ];
}

/** Exporters of what has its address in a secret; what asks a replica stands beside the replica. */
function exportersOf(
  watch: Watch,
): readonly { readonly host: string; readonly kind: "postgres" | "redis"; readonly variable: string; readonly secret: string }[] {
  return exportedOf(watch).flatMap(({ resource, kind, host, replica }) => {
    const secret = refName(watch.environment.resources[resource]?.urlIn, "secrets");
    if (secret === undefined || replica === true) return [];
    return [{ host, kind, secret, variable: kind === "postgres" ? "DATA_SOURCE_NAME" : "REDIS_ADDR" }];
  });
}

function urlsOf(watch: Watch): Readonly<Record<string, string>> {
  return Object.fromEntries(exportersOf(watch).map(({ host, secret }) => [host, secret]));
}

function secretsOf({ channels, environment }: Watch): Readonly<Record<string, string>> {
  if (!toolsBeside(environment).alertmanager) return {};
  return Object.fromEntries(channels.flatMap(({ secret }) => (secret === undefined ? [] : [[secret, secret]])));
}
