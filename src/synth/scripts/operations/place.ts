import { refName } from "../../../spec/derive.ts";
import type { Environment } from "../../../spec/environment.ts";
import { shortName } from "../../names.ts";
import { type Subject, inCloud } from "../../subject.ts";
import type { Shell } from "../sh.ts";
import { sh, shell } from "../sh.ts";

export type OperatedEnvironment = Extract<Environment, { cloud: "aws" | "azure" }>;
type Resource = Environment["resources"][string];
export type Postgres = Extract<Resource, { kind: "postgres" }>;
export type Bucket = Extract<Resource, { kind: "bucket" }>;
export type Store<Kind> = { readonly name: string; readonly of: Kind };

/** The environments whose scripts work on a cluster and on stores of AWS or Azure. */
export function operated(subject: Subject): readonly OperatedEnvironment[] {
  return inCloud(subject).filter(
    (one): one is OperatedEnvironment => (one.cloud === "aws" && one.runs === "eks") || one.cloud === "azure",
  );
}

export function databaseOf({ resources }: Environment): Store<Postgres> | undefined {
  for (const [name, of] of Object.entries(resources)) if (of.kind === "postgres") return { name, of };
  return undefined;
}

export function minioOf({ resources }: Environment): Store<Bucket> | undefined {
  for (const [name, of] of Object.entries(resources)) if (of.kind === "bucket" && of.engine === "minio") return { name, of };
  return undefined;
}

/** The secrets that somebody shows to MinIO, as the services have them; undefined where its address has them in it. */
export function minioKeys({ services }: Environment): { readonly access: string; readonly secret: string } | undefined {
  const variables = Object.values(services).flatMap(({ env }) => Object.entries(env ?? {}));
  const named = (ending: string) => {
    for (const [name, value] of variables) if (name.endsWith(ending)) return refName(value, "secrets");
    return undefined;
  };
  const [access, secret] = [named("ACCESS_KEY"), named("SECRET_KEY")];
  return access === undefined || secret === undefined ? undefined : { access, secret };
}

export function urlSecret({ name, of }: Store<Postgres | Bucket>): string {
  return refName(of.urlIn, "secrets") ?? `${name}-url`;
}

/** What the infrastructure of an environment is called after, as its Terraform has it. */
export function baseName(subject: Subject, one: Environment): string {
  const whole = `${subject.name}-${one.environment}`;
  return one.cloud === "aws" ? shortName(one.cluster?.name ?? whole, 32) : shortName(whole, 36);
}

/** The bucket or container that dumps go to. */
export function dumpsOf(subject: Subject, environment: Environment): string {
  return `${baseName(subject, environment)}-backups`;
}

/** Variables that differ between environments; each may be given from outside, where somebody named things otherwise. */
export function settings(values: Readonly<Record<string, string>>): Shell {
  const lines = Object.entries(values).map(
    ([name, value]) => `      ${name}=\${USE_${name.toUpperCase()}:-${value === "" ? "" : sh`${value}`.shell}}`,
  );
  return shell(lines.join("\n"));
}
