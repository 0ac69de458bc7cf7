import { refName } from "../../../spec/derive.ts";
import type { Environment, EnvironmentService } from "../../../spec/environment.ts";
import type { ResourceData } from "../../../spec/schema/product.ts";
import { type Layout, layoutOf, relative } from "../../layout.ts";
import { cloudBuildNeeds } from "../../pipelines/cloud-build.ts";
import { identifier, shortName } from "../../names.ts";
import { type Subject, inCloud, productOf } from "../../subject.ts";

export type GcpEnvironment = Extract<Environment, { cloud: "gcp" }>;
export type Database = Extract<ResourceData, { kind: "postgres" }>;
export type Cache = Extract<ResourceData, { kind: "redis" }>;

type PartName = "project" | "network" | "database" | "cache" | "services" | "pipeline" | "monitoring";
type Named<Thing> = { readonly name: string; readonly prefix: string; readonly of: Thing };

/** What a product on Google Cloud is set up of by scripts, and the names that all of them use. */
export type Plan = {
  readonly subject: Subject;
  readonly product: string;
  readonly layout: Layout;
  readonly environments: readonly GcpEnvironment[];
  readonly first: GcpEnvironment;
  readonly parts: readonly { readonly part: PartName; readonly file: string }[];
  readonly all: string;
  readonly settings: string;
  readonly monitoringFromScripts: string;
  readonly databases: readonly Named<Database>[];
  readonly caches: readonly Named<Cache>[];
  readonly services: readonly Named<EnvironmentService>[];
  /** What builds ask for: the settings of their substitutions, and secrets. */
  readonly builds: {
    readonly substitutions: readonly { readonly name: string; readonly setting: string }[];
    readonly secrets: readonly string[];
  };
};

const order: readonly PartName[] = ["project", "network", "database", "cache", "services", "pipeline", "monitoring"];

export function planOf(subject: Subject): Plan | undefined {
  const { files } = productOf(subject);
  const environments = inCloud(subject).filter((one): one is GcpEnvironment => one.cloud === "gcp");
  const [first] = environments;
  if (files?.scripts?.parts === undefined || first === undefined) return undefined;
  const { parts, all } = files.scripts;
  const layout = layoutOf(subject);
  return {
    subject,
    product: shortName(subject.name, 20),
    layout,
    environments,
    first,
    parts: order.flatMap((part) => (parts[part] === undefined ? [] : [{ part, file: parts[part] }])),
    all: all ?? "deploy-all.sh",
    settings: files.settings ?? `${layout.scripts}/project.env`,
    monitoringFromScripts: relative(layout.scripts, layout.monitoring),
    databases: ofKind(first, "postgres"),
    caches: ofKind(first, "redis"),
    services: Object.entries(first.services).map(([name, of]) => ({ name, prefix: prefixOf(name), of })),
    builds: buildsOf(subject),
  };
}

function buildsOf(subject: Subject): Plan["builds"] {
  if (productOf(subject).pipeline?.runsOn.includes("cloud build") !== true) return { substitutions: [], secrets: [] };
  const { substitutions, secrets } = cloudBuildNeeds(subject);
  return { substitutions: substitutions.map((name) => ({ name, setting: `BUILD${name}` })), secrets };
}

function ofKind<Kind extends "postgres" | "redis">(
  environment: GcpEnvironment,
  kind: Kind,
): readonly Named<Extract<ResourceData, { kind: Kind }>>[] {
  const is = (one: ResourceData): one is Extract<ResourceData, { kind: Kind }> => one.kind === kind && one.external !== true;
  return Object.entries(environment.resources).flatMap(([name, of]) => (is(of) ? [{ name, prefix: prefixOf(name), of }] : []));
}

function prefixOf(name: string): string {
  return identifier(name).toUpperCase();
}

/** The secret that a part of a resource is kept in; one that the spec does not name is called after the resource. */
export function secretOf(value: unknown, otherwise: string): string {
  return refName(value, "secrets") ?? otherwise;
}
