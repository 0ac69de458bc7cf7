import { bytesOf, durationMs } from "../../../lib/quantities.ts";
import { refName } from "../../../spec/derive.ts";
import type { Environment } from "../../../spec/environment.ts";
import { namespaceOf } from "../../kubernetes/namespace.ts";
import { needsIdentity } from "../../kubernetes/values.ts";
import { type Workload, workloadsOf } from "../../kubernetes/workload.ts";
import type { Layout } from "../../layout.ts";
import { identifier, shortName } from "../../names.ts";
import { type Subject, inCloud } from "../../subject.ts";
import { accountName } from "./names.ts";

export type AzureEnvironment = Extract<Environment, { readonly cloud: "azure" }>;
export type Resource<Kind extends string> = Extract<Environment["resources"][string], { readonly kind: Kind }>;

/** What an environment's root is made of: the answers to every question that the spec leaves to its reader. */
export type Plan = {
  readonly subject: Subject;
  readonly environment: AzureEnvironment;
  readonly layout: Layout;
  /** What everything is named after. */
  readonly name: string;
  readonly namespace: string;
  readonly region: string;
  /** The live one first. */
  readonly regions: readonly Region[];
  readonly standby: string | undefined;
  readonly zones: readonly string[];
  readonly databases: readonly Database[];
  readonly buckets: readonly Bucket[];
  readonly keys: readonly Key[];
  readonly secretsVault: string;
  readonly registry: { readonly name: string; readonly owned: boolean; readonly copies: readonly string[] };
  readonly storageAccount: string;
  /** Days that daily copies are kept; nothing where none are made. */
  readonly copiesDays: number | undefined;
  readonly workloads: readonly Workload[];
};

export type Region = { readonly name: string; readonly resources: string; readonly range: string; readonly keyVault: string };
export type Database = {
  readonly key: string;
  readonly label: string;
  readonly server: string;
  readonly resource: Resource<"postgres">;
};
export type Bucket = { readonly key: string; readonly name: string; readonly resource: Resource<"bucket"> };
export type Key = { readonly name: string; readonly rotateDays: number };

const dayMs = 86_400_000;

/** AKS, and most of what belongs to it, takes 63 characters; a region's name and a word follow. */
const longestName = 36;

export function planOf(subject: Subject, environment: AzureEnvironment, layout: Layout): Plan {
  const name = shortName(`${subject.name}-${environment.environment}`, longestName);
  const regions = regionsOf(environment).map((region, index): Region => ({
    name: region,
    // What the live region has is named after the environment alone.
    resources: index === 0 ? name : `${name}-${region}`,
    range: rangeOf(environment, index),
    keyVault: shortName(`${name}-${region}`, 24),
  }));
  return {
    subject,
    environment,
    layout,
    name,
    namespace: namespaceOf(subject, environment),
    region: regions[0]?.name ?? "",
    regions,
    standby: regions[1]?.name,
    zones: Array.from({ length: Math.min(environment.network?.zones ?? environment.zones ?? 3, 3) }, (_, index) =>
      String(index + 1),
    ),
    databases: databasesOf(environment, name),
    buckets: resourcesOf(environment, "bucket").map(([key, resource]) => ({
      key,
      name: resource.bucket ?? shortName(key, 63),
      resource,
    })),
    keys: resourcesOf(environment, "kms").map(([key, resource]) => ({
      name: shortName(key, 127),
      rotateDays: days(resource.rotate) ?? 365,
    })),
    secretsVault: shortName(`${name}-secrets`, 24),
    registry: registryOf(subject, environment),
    storageAccount: accountName(`${name}-${environment.subscription}`, 24),
    copiesDays: copiesDaysOf(environment),
    workloads: workloadsOf(environment).filter(needsIdentity),
  };
}

/** The live region, and those that something of the environment is kept ready or copied in. */
export function regionsOf(environment: AzureEnvironment): readonly string[] {
  const regions = [environment.region ?? "", ...(environment.regions ?? [])];
  if (environment.standby) regions.push(environment.standby.region);
  for (const resource of Object.values(environment.resources))
    if ("replicas" in resource) for (const { region } of resource.replicas ?? []) if (region !== undefined) regions.push(region);
  return [...new Set(regions.filter((one) => one !== ""))];
}

/** Networks that are to be joined do not overlap: the second region has the next range. */
function rangeOf({ network }: AzureEnvironment, index: number): string {
  const [, first = "10", second = "20"] = /^(\d+)\.(\d+)\./.exec(network?.range ?? "") ?? [];
  return `${first}.${(Number(second) + index) % 256}.0.0/16`;
}

function databasesOf(environment: AzureEnvironment, name: string): readonly Database[] {
  const all = resourcesOf(environment, "postgres").filter(([, { external }]) => external !== true);
  return all.map(([key, resource]) => ({
    key,
    label: all.length === 1 ? "postgres" : `postgres_${identifier(key)}`,
    server: resource.instance ?? shortName(`${name}-${key}`, 45),
    resource,
  }));
}

export function resourcesOf<Kind extends Environment["resources"][string]["kind"]>(
  { resources }: AzureEnvironment,
  kind: Kind,
): readonly (readonly [string, Resource<Kind>])[] {
  return Object.entries(resources).flatMap(([key, one]) => (one.kind === kind ? [[key, one as Resource<Kind>] as const] : []));
}

/**
 * Images are built once and go from environment to environment: the registry belongs to the first that they come to, and has copies
 * in the regions of all.
 */
function registryOf(subject: Subject, environment: AzureEnvironment): Plan["registry"] {
  const all = inCloud(subject).filter(
    (one): one is AzureEnvironment => one.cloud === "azure" && one.registry === environment.registry,
  );
  const first = all.find(({ production }) => !production) ?? all[0];
  const [, given] = /^([a-z0-9]+)\.azurecr\.io\//i.exec(environment.registry ?? "") ?? [];
  return {
    name: given?.toLowerCase() ?? accountName(subject.name, 50),
    owned: first?.environment === environment.environment,
    copies: [...new Set(all.flatMap(regionsOf))].filter((region) => region !== environment.region),
  };
}

function copiesDaysOf({ resources }: AzureEnvironment): number | undefined {
  const kept = Object.values(resources).flatMap((one) =>
    "backup" in one && one.backup?.dump !== undefined ? [days(one.backup.keep) ?? 30] : [],
  );
  return kept.length === 0 ? undefined : Math.max(...kept);
}

export function days(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : Math.max(1, Math.ceil(durationMs(duration) / dayMs));
}

export function gibOf(bytes: string): number {
  return Math.ceil(bytesOf(bytes) / 2 ** 30);
}

/** The name of the secret that something refers to. */
export function secretOf(value: unknown): string | undefined {
  return refName(value, "secrets");
}

export function minioBuckets({ buckets }: Plan): readonly Bucket[] {
  return buckets.filter(({ resource }) => resource.engine === "minio" && resource.external !== true);
}

export function cloudBuckets({ buckets }: Plan): readonly Bucket[] {
  return buckets.filter(({ resource }) => resource.engine !== "minio" && resource.external !== true);
}
