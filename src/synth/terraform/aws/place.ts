import type { Environment } from "../../../spec/environment.ts";
import { type Layout, relative } from "../../layout.ts";
import { identifier, shortName } from "../../names.ts";
import { type Subject, deploysFromGitHub } from "../../subject.ts";
import {
  type Entry,
  type Expression,
  type Value,
  attribute,
  attributes,
  block,
  expression,
  gap,
  template,
} from "../../text/hcl.ts";
import type { ModuleUse } from "../root.ts";

export type AwsEnvironment = Extract<Environment, { readonly cloud: "aws" }>;

/** The root that is being written: of what, where, and what its things are named after. */
export type Place = {
  readonly subject: Subject;
  readonly environment: AwsEnvironment;
  readonly layout: Layout;
  readonly folder: string;
  /** The cluster's name, which everything else's begins with. */
  readonly name: string;
  readonly region: string;
};

/** What a root consists of: blocks by file, the variables that they read, and what comes out. */
export type Part = {
  readonly file: string;
  readonly entries: readonly Entry[];
  readonly uses?: readonly ModuleUse[];
  readonly inputs?: readonly Input[];
  readonly outputs?: readonly Output[];
};
export type Input = {
  readonly name: string;
  readonly description: string;
  readonly type: string;
  /** Without one it is given where Terraform runs. */
  readonly value?: Value;
  /** A value that somebody may want to set for one run only; it stands with its declaration. */
  readonly usual?: true;
};
export type Output = { readonly name: string; readonly description: string; readonly value: Value };
export type Call = { readonly entry: Entry; readonly use: ModuleUse };

export function placeOf(subject: Subject, environment: Environment, layout: Layout): Place {
  if (environment.cloud !== "aws") throw new TypeError(`${environment.environment} is not in AWS`);
  const whole = environment.cluster?.name ?? `${environment.product}-${environment.environment}`;
  return {
    subject,
    environment,
    layout,
    folder: layout.terraform(environment.environment),
    name: shortName(whole, environment.runs === "eks" ? 32 : 40),
    region: regionOf(environment),
  };
}

export function regionOf({ region, regions }: AwsEnvironment): string {
  return region ?? regions?.[0] ?? "us-east-1";
}

/** Library modules under the names that a spec has for them. */
const spoken: Readonly<Record<string, string>> = {
  eks_cluster: "cluster",
  minio: "minio",
  ingress_address: "load-balancer",
  workload_roles: "iam",
  node_scaling: "scaling",
};
const parts = {
  ecs_service: "service",
  postgres: "postgres",
  redis: "redis",
  bucket: "bucket",
  tenant_keys: "kms",
  network: "network",
} as const;

function folderOf({ environment }: Place, module: string): string {
  const { names, makes } = environment.pipeline?.infrastructure?.modules ?? {};
  const made = Object.hasOwn(parts, module) ? makes?.[parts[module as keyof typeof parts]]?.name : undefined;
  const name = spoken[module];
  return made ?? (name !== undefined && names?.includes(name) ? name : module);
}

type How = { readonly comment?: string; readonly providers?: Readonly<Record<string, string>>; readonly from?: string };

/** A call of a module of the library. */
export function call(
  place: Place,
  label: string,
  module: string,
  inputs: Readonly<Record<string, Value | undefined>> | readonly Readonly<Record<string, Value | undefined>>[],
  { comment, providers, from = "aws" }: How = {},
): Call {
  const as = folderOf(place, module);
  const given = Array.isArray(inputs) ? inputs : [inputs as Readonly<Record<string, Value | undefined>>];
  const groups = bounded(place, module, given) ? [...given, { permissions_boundary: out("boundary", "arn") }] : given;
  const body: Entry[] = [...attribute("source", relative(place.folder, `${place.layout.modules}/${as}`))];
  if (providers) {
    const named = Object.entries(providers).map(([name, value]) => [name, expression(value)] as const);
    body.push(gap, ...attribute("providers", Object.fromEntries(named)));
  }
  for (const group of groups) body.push(gap, ...attributes(group));
  return { entry: block("module", [label], body, comment), use: { from: `${from}/${module}`, as } };
}

/** Modules that make roles. A bucket has one only where something copies it. */
const makers = new Set(
  "cloudtrail config deployer ecs_cluster ecs_service eks_cluster network node_scaling postgres workload_roles".split(" "),
);

/** Whoever deploys makes roles within their own boundary only. */
function bounded({ environment }: Place, module: string, groups: readonly Readonly<Record<string, unknown>>[]): boolean {
  if (!deploysFromGitHub(environment)) return false;
  return makers.has(module) || (module === "bucket" && groups.some(({ replica }) => replica !== undefined));
}

export function part(file: string, calls: readonly Call[], more: Omit<Partial<Part>, "file" | "uses"> = {}): Part {
  const { entries = [], ...rest } = more;
  return { file, entries: [...calls.map(({ entry }) => entry), ...entries], uses: calls.map(({ use }) => use), ...rest };
}

export function variable(name: string): Expression {
  return expression(`var.${name}`);
}

export function out(module: string, output: string): Expression {
  return expression(`module.${module}.${output}`);
}

/** A name that begins with the root's, as far as it has room. */
export function named({ name }: Place, suffix: string, most: number): Value {
  const whole = `${name}-${suffix}`;
  const short = shortName(whole, most);
  return short === whole ? template(variable("name"), `-${suffix}`) : short;
}

/** The account that Terraform works in. Its number is nowhere in the spec. */
export const accountId = expression("local.account_id");

/** Modules and variables that every root may have: what the spec names gets another label. */
const taken = new Set(
  (
    "alarm_emails archive authority backups boundary budget cdn certificate cidr cloudtrail cluster config deletion_protection deployer dns domain encryption " +
    "firewall guardduty image_tag ingress load_balancer logs minio monitoring monthly_budget_usd name nat_in_each_zone network nodes planner " +
    "region registry scaling secrets services standby standby_region storage_class tenants version waf workloads zones"
  ).split(" "),
);

/** The label of what is made for a resource or a service of the spec. */
export function label(name: string): string {
  const id = identifier(name);
  return taken.has(id) || id.endsWith("_standby") ? `own_${id}` : id;
}

/** A number, unless it is what a module takes anyway. */
export function otherThan(usual: number, given: number): number | undefined {
  return given === usual ? undefined : given;
}
