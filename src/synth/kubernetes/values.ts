import type { Environment } from "../../spec/environment.ts";
import { type Attribute, type Variable, variableName, variablesOf } from "../variables.ts";
import { type Workload, servicePort, urlOf, workloadOf } from "./workload.ts";

/** The config map with what is known only once Terraform has made it. */
export const terraformValues = "terraform";

export function outputKey(resource: string, attribute: Attribute): string {
  return variableName(`${resource}_${attribute.replace(/[A-Z]/g, (one) => `_${one}`)}`);
}

export function identityKey(account: string): string {
  return variableName(`${account}_identity`);
}

export const vaultKey = "VAULT_URL";
export const tenantKey = "TENANT_ID";
/** What stands in the file until Terraform's outputs replace it. */
export const unknown = "from-terraform";

/** Every name that the overlay expects of Terraform, in order. */
export function expectedOutputs(environment: Environment, workloads: readonly Workload[]): readonly string[] {
  const keys = new Set<string>();
  for (const { service } of workloads)
    for (const one of variablesOf(environment, service))
      if (one.from === "resource" && plainText(environment, one) === undefined) keys.add(outputKey(one.resource, one.attribute));
  for (const workload of workloads)
    if (needsIdentity(workload) && identityAnnotation(environment) !== undefined) keys.add(identityKey(accountOf(workload)));
  if (environment.cloud === "azure") keys.add(tenantKey);
  if (needsVaultUrl(environment)) keys.add(vaultKey);
  return [...keys].toSorted();
}

export function needsVaultUrl({ secretsIn }: Environment): boolean {
  return secretsIn === "key vault" || secretsIn === "vault";
}

/** What names an identity of the cloud's on a service account. EKS binds accounts to roles by their names, so nothing stands there. */
export function identityAnnotation({ cloud }: Environment): string | undefined {
  if (cloud === "gcp") return "iam.gke.io/gcp-service-account";
  return cloud === "azure" ? "azure.workload.identity/client-id" : undefined;
}

export function accountOf({ key, service }: Workload): string {
  return service.account ?? key;
}

/** It reads secrets or holds rights of the cloud's. */
export function needsIdentity({ service }: Workload): boolean {
  return service.grants.length > 0 || service.secrets.length > 0;
}

const usualPorts: Readonly<Record<string, number>> = { postgres: 5432, redis: 6379 };

/** A variable's value where it is known beforehand. */
export function plainText(environment: Environment, one: Variable): string | undefined {
  if (one.from === "text") return one.text;
  if (one.from === "resource" && one.attribute === "port") {
    const resource = environment.resources[one.resource];
    const port = resource?.port ?? usualPorts[resource?.kind ?? ""];
    return port === undefined ? undefined : String(port);
  }
  if (one.from !== "service") return undefined;
  const workload = workloadOf(environment, one.service);
  if (workload === undefined) return undefined;
  const port = servicePort(workload);
  if (one.attribute === "url") return urlOf(workload);
  if (one.attribute === "port") return String(port);
  return one.attribute === "host" ? `${workload.name}:${port}` : workload.name;
}
