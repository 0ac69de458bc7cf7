import { refName } from "../../../spec/derive.ts";
import type { Place } from "./place.ts";
import { type OfKind, ownOf } from "./resources.ts";

// Who signs in to MinIO, and with which secret.

export const rootSecret = "minio-root-password";
export const copierSecret = "minio-copier-password";

export function minioBuckets(place: Place): readonly (readonly [name: string, one: OfKind<"bucket">])[] {
  return ownOf(place, "bucket").filter(([, one]) => one.engine === "minio");
}

/** Whether a bucket is in the second region too. A cold one has no cluster, and so no MinIO. */
export function copiesMinio(place: Place): boolean {
  const { standby } = place.environment;
  return standby !== undefined && standby.mode !== "cold" && minioBuckets(place).some(([, one]) => isCopied(place, one));
}

export function isCopied({ environment }: Place, { replicas = [] }: OfKind<"bucket">): boolean {
  return replicas.some(({ region }) => region === environment.standby?.region);
}

/** The secrets of the spec that services sign in to MinIO with; where it names none, those made for it. */
export function serviceKeys({ environment }: Place): { readonly access: string; readonly secret: string } {
  const named = new Map<string, string>();
  for (const { env } of Object.values(environment.services))
    for (const [name, value] of Object.entries(env ?? {})) {
      const secret = refName(value, "secrets");
      if (secret !== undefined && /MINIO_(ACCESS|SECRET)_KEY$/.test(name)) named.set(name, secret);
    }
  const find = (word: RegExp) => [...named].find(([name]) => word.test(name))?.[1];
  return { access: find(/ACCESS_KEY$/) ?? "minio-access-key", secret: find(/SECRET_KEY$/) ?? "minio-secret-key" };
}

/** Whether objects go to cheaper storage by their life cycle: to S3. */
export function archives(place: Place): boolean {
  return minioBuckets(place).some(([, { lifeCycle = [] }]) => lifeCycle.some(({ to }) => to !== "delete"));
}
