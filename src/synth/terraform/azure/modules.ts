import { productOf } from "../../subject.ts";
import { relative } from "../../layout.ts";
import { identifier } from "../../names.ts";
import type { ModuleUse } from "../root.ts";
import { type Plan, cloudBuckets, minioBuckets } from "./plan.ts";

// Which modules of the library a root calls, and what the product calls them.

const library = {
  network: "azure/network",
  firewall: "azure/firewall",
  encryption: "azure/encryption",
  secrets: "azure/secrets",
  registry: "azure/registry",
  storage: "azure/storage",
  cluster: "azure/cluster",
  scaling: "azure/scaling",
  "load-balancer": "azure/load-balancer",
  ingress: "kubernetes/ingress",
  postgres: "azure/postgres",
  storage_class: "kubernetes/storage_class",
  cluster_secrets: "kubernetes/secrets",
  minio: "kubernetes/minio",
  authority: "kubernetes/authority",
  private_names: "azure/private_names",
  iam: "azure/iam",
  monitoring: "azure/monitoring",
} as const;

export type Part = keyof typeof library;

/** The parts of a product that a spec may name the modules of. */
const named: Partial<Record<Part, "network" | "postgres" | "kms" | "bucket" | "alerts">> = {
  network: "network",
  postgres: "postgres",
  encryption: "kms",
  storage: "bucket",
  monitoring: "alerts",
};

export function partsOf(plan: Plan): readonly Part[] {
  const wanted: Partial<Record<Part, boolean>> = {
    registry: plan.registry.owned,
    storage: needsStorage(plan),
    ingress: plan.environment.network?.loadBalancer === "ingress",
    postgres: plan.databases.length > 0,
    storage_class: minioBuckets(plan).length > 0,
    cluster_secrets: minioBuckets(plan).length > 0,
    minio: minioBuckets(plan).length > 0,
    authority: copiesMinio(plan),
    private_names: copiesMinio(plan),
  };
  return (Object.keys(library) as Part[]).filter((part) => wanted[part] ?? true);
}

export function moduleUses(plan: Plan): readonly ModuleUse[] {
  return partsOf(plan).map((part) => {
    const outputs = outputsOf(plan, part);
    return { from: library[part], as: folderOf(plan, part), ...(outputs === undefined ? {} : { outputs }) };
  });
}

/** Where a root finds the module: `../modules/load-balancer`. */
export function sourceOf(plan: Plan, part: Part): string {
  return relative(plan.layout.terraform(plan.environment.environment), `${plan.layout.modules}/${folderOf(plan, part)}`);
}

/** What a root calls it: `load_balancer`. */
export function labelOf(plan: Plan, part: Part): string {
  return identifier(folderOf(plan, part));
}

/** An output of a module under the product's name for it. */
export function outputOf(plan: Plan, part: Part, output: string): string {
  return outputsOf(plan, part)?.[output] ?? output;
}

function folderOf(plan: Plan, part: Part): string {
  return made(plan, part)?.name ?? part;
}

function made({ subject }: Plan, part: Part) {
  const name = named[part];
  return name === undefined ? undefined : productOf(subject).pipeline?.infrastructure?.modules?.makes?.[name];
}

function outputsOf(plan: Plan, part: Part): Readonly<Record<string, string>> | undefined {
  return made(plan, part)?.outputs;
}

export function copiesMinio(plan: Plan): boolean {
  return minioBuckets(plan).some(({ resource }) =>
    (resource.replicas ?? []).some(({ region }) => region !== undefined && region !== plan.region),
  );
}

export function archives(plan: Plan): boolean {
  return minioBuckets(plan).some(({ resource }) => resource.lifeCycle?.some(({ to }) => to !== "delete"));
}

export function needsStorage(plan: Plan): boolean {
  return plan.copiesDays !== undefined || archives(plan) || cloudBuckets(plan).length > 0;
}
