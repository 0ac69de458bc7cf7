import { namespaceOf } from "../../kubernetes/namespace.ts";
import { type Workload, workloadsOf } from "../../kubernetes/workload.ts";
import type { YamlValue } from "../../text/yaml.ts";
import type { Watch } from "../watch.ts";
import { limits } from "./config.ts";

// Pods say by annotations that they have metrics and where. A deployment may be called otherwise than its service is in the spec,
// whose name is what expressions use.

type Relabel = Readonly<Record<string, YamlValue>>;

export function kubernetesJobs(watch: Watch): readonly YamlValue[] {
  const { subject, environment } = watch;
  const namespace = namespaceOf(subject, environment);
  const workloads = workloadsOf(environment);
  const sd = (role: string) => [{ role, namespaces: { names: [namespace] } }];
  return [
    {
      job_name: "services",
      ...limits,
      // The namespace's own authority signs for a service's name, and pods are asked at their addresses.
      ...(workloads.some(({ tls }) => tls !== "none") ? { tls_config: { insecure_skip_verify: true } } : {}),
      kubernetes_sd_configs: sd("pod"),
      relabel_configs: [
        keep("__meta_kubernetes_pod_annotation_prometheus_io_scrape", "true"),
        copy("__meta_kubernetes_pod_annotation_prometheus_io_scheme", "__scheme__", "(https?)"),
        copy("__meta_kubernetes_pod_annotation_prometheus_io_path", "__metrics_path__", "(/.*)"),
        {
          source_labels: ["__meta_kubernetes_pod_ip", "__meta_kubernetes_pod_annotation_prometheus_io_port"],
          separator: ":",
          target_label: "__address__",
        },
        copy("__meta_kubernetes_pod_label_app_kubernetes_io_name", "service"),
        copy("__meta_kubernetes_pod_label_pod_template_hash", "revision"),
        copy("__meta_kubernetes_pod_name", "replica"),
        ...asInSpec(workloads),
      ],
    },
    {
      job_name: "containers",
      ...token,
      scheme: "https",
      kubernetes_sd_configs: [{ role: "node" }],
      relabel_configs: [{ target_label: "__metrics_path__", replacement: "/metrics/cadvisor" }],
      metric_relabel_configs: [
        keep("namespace", namespace),
        keep("__name__", "container_(cpu_usage_seconds_total|memory_working_set_bytes|spec_memory_limit_bytes)"),
        // The sum of a pod, and what only holds its addresses, are no containers.
        { source_labels: ["container"], regex: "(POD)?", action: "drop" },
        ...ofPod(workloads),
      ],
    },
    {
      job_name: "kube-state-metrics",
      honor_labels: true,
      static_configs: [{ targets: ["kube-state-metrics:8080"] }],
      metric_relabel_configs: [
        keep("namespace", namespace),
        keep("__name__", "kube_pod_container_status_restarts_total"),
        { target_label: "__name__", replacement: "container_restarts_total" },
        ...ofPod(workloads),
      ],
    },
  ];
}

const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";
const token = {
  authorization: { credentials_file: `${serviceAccount}/token` },
  tls_config: { ca_file: `${serviceAccount}/ca.crt` },
};

function keep(label: string, regex: string): Relabel {
  return { source_labels: [label], regex, action: "keep" };
}

function copy(from: string, to: string, regex?: string): Relabel {
  return { source_labels: [from], ...(regex === undefined ? {} : { regex }), target_label: to };
}

/** `server-7d9f8c6b5-x2x4z` is a pod of the deployment `server`. */
function ofPod(workloads: readonly Workload[]): readonly Relabel[] {
  return [
    copy("pod", "replica"),
    { source_labels: ["pod"], regex: "(.+)-[a-z0-9]+-[a-z0-9]+", target_label: "service" },
    { source_labels: ["pod"], regex: ".+-([a-z0-9]+)-[a-z0-9]+", target_label: "revision" },
    ...asInSpec(workloads),
  ];
}

function asInSpec(workloads: readonly Workload[]): readonly Relabel[] {
  return workloads
    .filter(({ key, name }) => key !== name)
    .map(({ key, name }) => ({
      source_labels: ["service"],
      regex: name,
      target_label: "service",
      replacement: key,
    }));
}
