import type { Environment } from "../../spec/environment.ts";
import { variablesOf } from "../variables.ts";
import { ingress } from "./ingress.ts";
import { type Fields, type Manifest, manifest } from "./manifest.ts";
import { cloudPolicies, isCollected } from "./network.ts";
import { imageName } from "./pod.ts";
import { secretStore, vaultField } from "./secrets.ts";
import {
  accountOf,
  expectedOutputs,
  identityAnnotation,
  identityKey,
  needsIdentity,
  needsVaultUrl,
  plainText,
  tenantKey,
  terraformValues,
  unknown,
  vaultKey,
} from "./values.ts";
import { type Workload, podPort, selector, workloadsOf } from "./workload.ts";

/** What is one environment's and one cloud's alone. */
export function ownObjects(environment: Environment, namespace: string): ReadonlyMap<string, readonly Manifest[]> {
  const workloads = workloadsOf(environment);
  const files = new Map<string, readonly Manifest[]>([
    ["namespace.yaml", [namespaceObject(namespace), ...quota(environment)]],
    ["secret-stores.yaml", workloads.flatMap((one) => secretStore(environment, one))],
    ["network.yaml", cloudPolicies(environment, workloads.filter(needsIdentity))],
    ["ingress.yaml", ingress(environment, namespace, workloads)],
    ["monitoring.yaml", podMonitoring(environment, workloads)],
  ]);
  return new Map([...files].filter(([, objects]) => objects.length > 0));
}

/** The namespace refuses what the restricted profile forbids, whoever applies it. */
function namespaceObject(name: string): Manifest {
  const level = { enforce: "restricted", warn: "restricted", audit: "restricted" };
  const labels = Object.fromEntries(Object.entries(level).map(([mode, value]) => [`pod-security.kubernetes.io/${mode}`, value]));
  return manifest("v1", "Namespace", name, {}, { labels });
}

function quota({ limits }: Environment): readonly Manifest[] {
  if (limits?.pods === undefined) return [];
  return [manifest("v1", "ResourceQuota", "limits", { spec: { hard: { pods: String(limits.pods) } } })];
}

/** Google's own collection, where Cloud Monitoring is what metrics go to. */
function podMonitoring(environment: Environment, workloads: readonly Workload[]): readonly Manifest[] {
  return workloads
    .filter((one) => isCollected(environment, one))
    .map((workload) =>
      manifest("monitoring.googleapis.com/v1", "PodMonitoring", workload.name, {
        spec: {
          selector: { matchLabels: selector(workload) },
          endpoints: [
            {
              port: podPort(workload).number,
              path: workload.service.metrics,
              interval: "30s",
              // Expressions ask for services as the spec calls them, which is none of the labels that the collection gives.
              metricRelabeling: [{ action: "replace", targetLabel: "service", replacement: workload.key }],
            },
          ],
        },
      }),
    );
}

/** The lines of a service's config map: what it finds in its environment and everybody may read. */
export function configLines(environment: Environment, { service }: Workload): readonly string[] {
  return variablesOf(environment, service).flatMap((one) => {
    const text = plainText(environment, one);
    return text === undefined ? [] : [`${one.name}=${text}`];
  });
}

export function outputLines(environment: Environment): readonly string[] {
  return expectedOutputs(environment, workloadsOf(environment)).map((key) => `${key}=${unknown}`);
}

/** Registry and version of what is built here. */
export function images(environment: Environment): Fields[] {
  return workloadsOf(environment)
    .filter(({ service }) => service.build !== undefined && service.image !== undefined)
    .map((workload) => ({
      name: imageName(workload.key, workload),
      newName: (workload.service.image ?? "").replace(/:[^/:]*$/, ""),
      newTag: "from-the-release",
    }));
}

/** Identities and addresses that Terraform made, put where they belong. */
export function replacements(environment: Environment): Fields[] {
  const needing = workloadsOf(environment).filter(needsIdentity);
  const into = (key: string, kind: string, names: readonly string[], field: string): Fields => ({
    source: { kind: "ConfigMap", name: terraformValues, fieldPath: `data.${key}` },
    targets: names.map((name) => ({ select: { kind, name }, fieldPaths: [field], options: { create: true } })),
  });
  const annotation = identityAnnotation(environment);
  const identities =
    annotation === undefined
      ? []
      : needing.map((one) =>
          into(identityKey(accountOf(one)), "ServiceAccount", [one.name], `metadata.annotations.[${annotation}]`),
        );
  const names = needing.map(({ name }) => name);
  const stores = workloadsOf(environment).flatMap((one) => secretStore(environment, one).map(({ metadata }) => metadata.name));
  return [
    ...identities,
    ...(environment.cloud === "azure" && names.length > 0
      ? [into(tenantKey, "ServiceAccount", names, "metadata.annotations.[azure.workload.identity/tenant-id]")]
      : []),
    ...(needsVaultUrl(environment) && stores.length > 0 ? [into(vaultKey, "SecretStore", stores, vaultField(environment))] : []),
  ];
}
