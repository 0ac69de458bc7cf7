import type { Environment } from "../../../spec/environment.ts";
import type { Layout } from "../../layout.ts";
import { relative } from "../../layout.ts";
import { identifier } from "../../names.ts";
import type { Subject } from "../../subject.ts";
import { type Entry, type Expression, type Value, attribute, block, expression, gap } from "../../text/hcl.ts";
import { type LibraryModule, useOf } from "./modules.ts";

export type GoogleEnvironment = Extract<Environment, { cloud: "gcp" }>;

/** What the parts of a root are written of. */
export type Place = {
  readonly subject: Subject;
  readonly environment: GoogleEnvironment;
  readonly layout: Layout;
  /** The folder that the root stands in. */
  readonly folder: string;
  /** The name of the module block that makes a service or a resource. */
  readonly labels: ReadonlyMap<string, string>;
  /** Set for the root of the standby: what outlives the loss of a region is not made again, but found in the primary's state. */
  readonly standby?: true;
};

/** A variable of a root; one with neither a value nor a default is given by whoever sets the environment up. */
export type Variable = {
  readonly name: string;
  readonly what: string;
  readonly type: Expression;
  readonly value?: Value;
  readonly usual?: Value;
  readonly check?: { readonly condition: Expression; readonly message: string };
};

export type Output = { readonly name: string; readonly what: string; readonly value: Value };

/** Some of a root: blocks for one of its files, and what belongs to them in the others. */
export type Part = {
  readonly file: "main.tf" | "data.tf" | "services.tf" | "monitoring.tf";
  readonly entries: readonly Entry[];
  readonly modules: readonly LibraryModule[];
  readonly variables?: readonly Variable[];
  readonly outputs?: readonly Output[];
};

/** Names of blocks that every root may have. */
const taken = [
  "alerts",
  "budget",
  "channels",
  "cluster",
  "costs",
  "dashboards",
  "github",
  "load_balancer",
  "logs",
  "network",
  "off_hours",
  "project",
  "registry",
  "secrets",
  "signing",
  "uptime",
];

/** A name for each service and resource: its own, or with what it is behind it where that is taken. */
export function labelsOf(environment: Environment): ReadonlyMap<string, string> {
  const used = new Set(taken);
  const labels = new Map<string, string>();
  for (const [collection, things] of [
    ["resources", environment.resources],
    ["services", environment.services],
  ] as const)
    for (const [name, { kind }] of Object.entries(things)) {
      const wanted = identifier(name);
      let label = wanted;
      for (let count = 1; used.has(label); count++) label = `${wanted}_${kind}${count === 1 ? "" : count}`;
      used.add(label);
      labels.set(`${collection}.${name}`, label);
    }
  return labels;
}

export function labelOf({ labels }: Place, collection: "resources" | "services", name: string): string {
  const label = labels.get(`${collection}.${name}`);
  if (label === undefined) throw new RangeError(`${collection}.${name} is not of this environment`);
  return label;
}

/** A call of a module of the library. */
export function call(place: Place, name: LibraryModule, label: string, body: readonly Entry[], comment?: string): Entry {
  const source = relative(place.folder, `${place.layout.modules}/${useOf(place, name).as}`);
  return block("module", [label], [...attribute("source", source), gap, ...body], comment);
}

/** What lies in several regions, or in none. */
const outlives: readonly LibraryModule[] = ["bucket", "pubsub_topic", "kms_key"];

/** An output of a call, by the library's name of it. */
export function outputOf(place: Place, name: LibraryModule, label: string, output: string): Expression {
  if (place.standby && outlives.includes(name)) return expression(`local.primary.${label}.${output}`);
  return expression(`module.${label}.${useOf(place, name).outputs?.[output] ?? output}`);
}

/** The project, once its APIs are on: whatever takes it from there waits for them. */
export function projectOf({ standby }: Place): Expression {
  return expression(standby ? "var.project" : "module.project.project");
}

export const region = expression("var.region");

/** The multi-region of Cloud KMS that a region lies in: its keys outlive the loss of the region. */
export function multiRegion({ region: given, regions }: GoogleEnvironment): "us" | "europe" | "asia" {
  const name = given ?? regions?.[0] ?? "";
  return name.startsWith("europe-") ? "europe" : name.startsWith("asia-") ? "asia" : "us";
}

export function placeOf(subject: Subject, environment: GoogleEnvironment, layout: Layout): Place {
  return {
    subject,
    environment,
    layout,
    folder: layout.terraform(environment.environment),
    labels: labelsOf(environment),
  };
}
