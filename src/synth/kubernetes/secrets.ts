import type { Environment } from "../../spec/environment.ts";
import { variablesOf } from "../variables.ts";
import { type Fields, type Manifest, manifest } from "./manifest.ts";
import { unknown } from "./values.ts";
import type { Workload } from "./workload.ts";

/** Which secrets of the store become which variables. */
export function externalSecret(environment: Environment, { name, service }: Workload): readonly Manifest[] {
  const data = variablesOf(environment, service).flatMap((one) =>
    one.from === "secret" ? [{ secretKey: one.name, remoteRef: { key: one.secret } }] : [],
  );
  if (data.length === 0) return [];
  return [
    manifest("external-secrets.io/v1", "ExternalSecret", name, {
      spec: {
        refreshInterval: "1h",
        secretStoreRef: { kind: "SecretStore", name },
        target: { name, creationPolicy: "Owner", deletionPolicy: "Retain" },
        data,
      },
    }),
  ];
}

/** The store as the service's own identity sees it, where the cloud knows it: nobody reads what belongs to another. */
export function secretStore(environment: Environment, { name, service }: Workload): readonly Manifest[] {
  if (!variablesOf(environment, service).some(({ from }) => from === "secret")) return [];
  const provider = providerOf(environment, name);
  return provider === undefined ? [] : [manifest("external-secrets.io/v1", "SecretStore", name, { spec: { provider } })];
}

function providerOf(environment: Environment, name: string): Fields | undefined {
  const serviceAccountRef = { name };
  if (environment.secretsIn === "vault")
    return {
      vault: {
        server: unknown,
        path: "secret",
        version: "v2",
        auth: { kubernetes: { mountPath: "kubernetes", role: name, serviceAccountRef } },
      },
    };
  switch (environment.cloud) {
    case "gcp": {
      const { project, region, cluster } = environment;
      const where = cluster === undefined ? {} : { clusterLocation: region, clusterName: cluster.name };
      return { gcpsm: { projectID: project, auth: { workloadIdentity: { ...where, serviceAccountRef } } } };
    }
    case "aws":
      // Without an account named here the operator's own Pod Identity reads: it cannot take on that of a service.
      return { aws: { service: "SecretsManager", region: environment.region } };
    case "azure":
      return { azurekv: { authType: "WorkloadIdentity", vaultUrl: unknown, serviceAccountRef } };
    case "local":
      return undefined;
  }
}

/** Where in a store the vault's address belongs. */
export function vaultField({ secretsIn }: Environment): string {
  return secretsIn === "vault" ? "spec.provider.vault.server" : "spec.provider.azurekv.vaultUrl";
}
