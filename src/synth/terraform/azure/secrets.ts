import { refName } from "../../../spec/derive.ts";
import { type Value, expression } from "../../text/hcl.ts";
import { callOf } from "./calls.ts";
import { copiesMinio, outputOf } from "./modules.ts";
import { type Database, type Plan, minioBuckets, secretOf } from "./plan.ts";

/** Secrets that are made up: those that the spec says are, the databases' first passwords, and what MinIO is administered with. */
export function generatedSecrets(plan: Plan): readonly string[] {
  const own = Object.entries(plan.environment.secrets).flatMap(([name, { generated }]) => (generated === true ? [name] : []));
  const databases = plan.databases.map(({ resource, key }) => passwordOf(resource, key));
  const minio =
    minioBuckets(plan).length > 0
      ? [minioRootPassword, ...Object.values(minioServiceKeys(plan)), ...(copiesMinio(plan) ? [minioCopierPassword] : [])]
      : [];
  return [...new Set([...own, ...databases, ...minio])].toSorted();
}

/** Secrets that follow from what is made here: the addresses of stores. */
export function knownSecrets(plan: Plan): Value | undefined {
  const found: Record<string, Value> = {};
  for (const { resource, label } of plan.databases) {
    const name = secretOf(resource.urlIn);
    if (name !== undefined) found[name] = expression(`module.${label}.${outputOf(plan, "postgres", "url")}`);
  }
  for (const { resource } of minioBuckets(plan)) {
    const name = secretOf(resource.urlIn);
    if (name !== undefined) found[name] = expression(`${callOf(plan, "minio")}.url`);
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

export function passwordOf({ password }: Database["resource"], key: string): string {
  return secretOf(password) ?? `${key}-password`;
}

export const minioRootPassword = "minio-root-password";
export const minioCopierPassword = "minio-copier-password";

/** The two secrets that services sign in to MinIO with: those that they are given as its keys. */
export function minioServiceKeys({ environment }: Plan): { readonly access: string; readonly secret: string } {
  const given = Object.values(environment.services).flatMap(({ env = {} }) => Object.entries(env));
  const named = (ending: string) =>
    given
      .flatMap(([variable, value]) => (variable.endsWith(ending) ? [refName(value, "secrets")] : []))
      .find((one) => one !== undefined);
  return { access: named("MINIO_ACCESS_KEY") ?? "minio-access-key", secret: named("MINIO_SECRET_KEY") ?? "minio-secret-key" };
}
