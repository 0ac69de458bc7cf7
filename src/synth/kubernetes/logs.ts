import { type Manifest, manifest } from "./manifest.ts";
import { cluster } from "./cluster.ts";
import { confined } from "./pod.ts";
import { inNamespace, policy } from "./network.ts";

const name = "log-shipper";
const labels = { "app.kubernetes.io/name": name };
const userId = 473;
const httpPort = 12345;

/** Reads the pods' logs from the cluster's API, so it needs neither the node's files nor root, and hands them to Loki. */
export const shipperConfig = `discovery.kubernetes "pods" {
  role = "pod"

  namespaces {
    own_namespace = true
  }
}

discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets

  rule {
    source_labels = ["__meta_kubernetes_namespace"]
    target_label  = "namespace"
  }

  rule {
    source_labels = ["__meta_kubernetes_pod_label_app_kubernetes_io_name"]
    target_label  = "app"
  }

  rule {
    source_labels = ["__meta_kubernetes_pod_name"]
    target_label  = "pod"
  }

  rule {
    source_labels = ["__meta_kubernetes_pod_container_name"]
    target_label  = "container"
  }
}

loki.source.kubernetes "pods" {
  targets    = discovery.relabel.pods.output
  forward_to = [loki.write.central.receiver]
}

loki.write "central" {
  endpoint {
    url = "http://loki-gateway.${cluster.monitoring.namespace}.svc/loki/api/v1/push"
  }
}
`;

export function logShipper(): readonly Manifest[] {
  return [
    manifest("v1", "ServiceAccount", name, { automountServiceAccountToken: false }),
    manifest("rbac.authorization.k8s.io/v1", "Role", name, {
      rules: [{ apiGroups: [""], resources: ["pods", "pods/log"], verbs: ["get", "list", "watch"] }],
    }),
    manifest("rbac.authorization.k8s.io/v1", "RoleBinding", name, {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name }],
    }),
    manifest("apps/v1", "Deployment", name, {
      spec: {
        replicas: 1,
        // Two at once would ship everything twice.
        strategy: { type: "Recreate" },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: true,
            enableServiceLinks: false,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: userId,
              runAsGroup: userId,
              fsGroup: userId,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
              {
                name: "alloy",
                image: "grafana/alloy:v1.8.3",
                args: [
                  "run",
                  "/etc/alloy/config.alloy",
                  "--storage.path=/tmp/alloy",
                  `--server.http.listen-addr=0.0.0.0:${httpPort}`,
                  "--disable-reporting",
                ],
                ports: [{ name: "http", containerPort: httpPort }],
                readinessProbe: { httpGet: { path: "/-/ready", port: "http" } },
                livenessProbe: { httpGet: { path: "/-/healthy", port: "http" } },
                resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
                securityContext: confined,
                volumeMounts: [
                  { name: "tmp", mountPath: "/tmp" },
                  { name: "config", mountPath: "/etc/alloy", readOnly: true },
                ],
              },
            ],
            volumes: [
              { name: "tmp", emptyDir: {} },
              { name: "config", configMap: { name } },
            ],
          },
        },
      },
    }),
    policy(name, labels, {
      policyTypes: ["Egress"],
      egress: [
        { to: [inNamespace(cluster.monitoring.namespace)], ports: [80, 8080].map((port) => ({ protocol: "TCP", port })) },
        { ports: [443, 6443].map((port) => ({ protocol: "TCP", port })) },
      ],
    }),
  ];
}
