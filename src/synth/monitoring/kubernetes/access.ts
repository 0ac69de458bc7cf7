import { cluster } from "../../kubernetes/cluster.ts";
import { type Manifest, manifest } from "../../kubernetes/manifest.ts";
import { inNamespace, policy } from "../../kubernetes/network.ts";
import { tools } from "../watch.ts";

const { namespace } = cluster.monitoring;

/** An account that may read some of the cluster, and nothing else. */
export function reader(
  name: string,
  rules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[],
): readonly Manifest[] {
  const full = `monitoring-${name}`;
  return [
    manifest("v1", "ServiceAccount", name, { automountServiceAccountToken: false }),
    manifest("rbac.authorization.k8s.io/v1", "ClusterRole", full, {
      rules: rules.map(({ resources, verbs }) => ({ apiGroups: [""], resources: [...resources], verbs: [...verbs] })),
    }),
    manifest("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", full, {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: full },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    }),
  ];
}

/** The namespace holds pods to the restricted profile, as the product's own does. */
export function namespaceObject(): Manifest {
  const labels = Object.fromEntries(
    ["enforce", "warn", "audit"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]),
  );
  return manifest("v1", "Namespace", namespace, {}, { labels });
}

/** The tools reach each other; from outside only logs come in, and what jobs tell of themselves. */
export function policies(
  product: string,
  { takesLogs, takesPushes }: { readonly takesLogs: boolean; readonly takesPushes: boolean },
): readonly Manifest[] {
  const into = (name: string, tool: "loki" | "pushgateway") =>
    policy(
      name,
      { "app.kubernetes.io/name": tool },
      {
        policyTypes: ["Ingress"],
        ingress: [{ from: [inNamespace(product)], ports: [{ protocol: "TCP", port: tools[tool].port }] }],
      },
    );
  return [
    policy("tools", {}, { policyTypes: ["Ingress"], ingress: [{ from: [{ podSelector: {} }] }] }),
    ...(takesLogs ? [into("logs", "loki")] : []),
    ...(takesPushes ? [into("pushes", "pushgateway")] : []),
  ];
}

/** Secrets of the environment's store, as the cluster's operator brings them. */
export function externalSecret(name: string, keys: Readonly<Record<string, string>>): readonly Manifest[] {
  const data = Object.entries(keys).map(([secretKey, key]) => ({ secretKey, remoteRef: { key } }));
  if (data.length === 0) return [];
  return [
    manifest("external-secrets.io/v1", "ExternalSecret", name, {
      spec: {
        refreshInterval: "1h",
        secretStoreRef: { kind: "ClusterSecretStore", name: secretStore },
        target: { name, creationPolicy: "Owner", deletionPolicy: "Retain" },
        data,
      },
    }),
  ];
}

/** The one thing that the cluster has to bring. */
export const secretStore = "monitoring";
