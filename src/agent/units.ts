import type { JobSpec, ResourceProcessSpec, RevisionSpec } from "../wire/machine.ts";
import type { RevisionKey } from "./gateway/gateway.ts";
import type { UnitSpec } from "./supervisor/unit-spec.ts";

// What the supervisor is to keep running, from what control has said: revisions, resources, jobs.

export function unitKey({ environment, service, revision }: RevisionKey): string {
  return `${environment}/${service}/${revision}`;
}

export function resourceKey(environment: string, name: string): string {
  return `${environment}/resource:${name}`;
}

/** What may be in no log: each secret, and the password in one that is an address. */
function secretTexts(secrets: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(secrets).flatMap((secret) => {
    if (!URL.canParse(secret)) return [secret];
    const { password } = new URL(secret);
    return password === "" ? [secret] : [secret, password, decodeURIComponent(password)];
  });
}

/** The revision that a unit is; undefined for resources and jobs. */
export function revisionOf(key: string): RevisionKey | undefined {
  const [environment = "", service = "", revision = "", ...more] = key.split("/");
  return revision === "" || more.length > 0 ? undefined : { environment, service, revision };
}

export function revisionUnit(key: RevisionKey, spec: RevisionSpec, secrets: Readonly<Record<string, string>>): UnitSpec {
  const { health } = spec;
  return {
    key: unitKey(key),
    labels: key,
    command: spec.command,
    folder: spec.folder,
    env: { ...spec.env, ...secrets, GANTRY_REVISION: spec.revision },
    secrets: secretTexts(secrets),
    port: "free",
    // One that dies at its start has done so by then.
    readiness: health ? { kind: "http", ...health } : { kind: "running", afterMs: 250 },
    restart: "always",
    drainMs: spec.drainMs,
  };
}

export function resourceUnit(
  environment: string,
  spec: ResourceProcessSpec,
  secrets: Readonly<Record<string, string>>,
): UnitSpec {
  return {
    key: resourceKey(environment, spec.name),
    labels: { environment, service: spec.name, revision: "resource" },
    command: spec.command,
    folder: spec.folder,
    env: { ...spec.env, ...secrets },
    secrets: secretTexts(secrets),
    port: spec.port,
    readiness: { kind: "tcp", startMs: 60_000 },
    restart: "always",
    drainMs: spec.drainMs,
  };
}

export function jobUnit(
  environment: string,
  job: JobSpec,
  spec: RevisionSpec,
  secrets: Readonly<Record<string, string>>,
  limitMs: number | undefined,
): UnitSpec {
  return {
    key: `${environment}/${job.service}/${job.revision}/${job.run}`,
    labels: { environment, service: job.service, revision: job.revision },
    command: spec.command,
    folder: spec.folder,
    env: { ...spec.env, ...secrets, GANTRY_REVISION: spec.revision, GANTRY_RUN: job.run },
    secrets: secretTexts(secrets),
    port: "free",
    readiness: { kind: "running" },
    restart: "never",
    ...(limitMs === undefined ? {} : { limitMs }),
    drainMs: spec.drainMs,
  };
}

/** Sealed text differs each time that the same is sealed. */
export function withoutSeal<T extends { readonly sealedEnv?: string }>(spec: T): Omit<T, "sealedEnv"> {
  const { sealedEnv: _, ...rest } = spec;
  return rest;
}
