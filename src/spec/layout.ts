import type { ProductData } from "./schema/product.ts";

/** Where each family of files goes: as the spec says, and where it says nothing, beside what it does say. */
export type Layout = {
  /** The folder that all of it is in: `infra`. */
  readonly root: string;
  /** The Terraform root of an environment. */
  readonly terraform: (environment: string) => string;
  readonly modules: string;
  /** The root of the bucket that holds the states of all environments. */
  readonly state: string;
  /** The root of what environments of Google Cloud share where their states lie elsewhere. */
  readonly shared: string;
  /** The root of a registry that environments share. */
  readonly registry: string;
  /** The file with an environment's values, in its root. */
  readonly variables: string;
  readonly kubernetes: string;
  readonly scripts: string;
  readonly monitoring: string;
  readonly policies: string;
  readonly backups: string;
  readonly runbooks: string;
  readonly guide: string;
  readonly env: (environment: string) => string;
};

export function layoutFrom({ files, pipeline }: Pick<ProductData, "files" | "pipeline">): Layout {
  const infrastructure = pipeline?.infrastructure;
  const written = infrastructure?.root ?? (files?.terraform === undefined ? undefined : `${files.terraform}/<environment>`);
  const root =
    files?.root ??
    first(written) ??
    (files?.guide && parent(files.guide.file)) ??
    (files?.scripts && first(files.scripts.folder)) ??
    "infra";
  const terraform = written ?? `${root}/terraform/<environment>`;
  const modules = infrastructure?.modules?.folder ?? `${besideEnvironments(terraform)}/modules`;
  const env = files?.env?.file ?? ".env.<environment>";
  return {
    root,
    terraform: (environment) => terraform.replaceAll("<environment>", environment),
    modules,
    state: `${parent(modules) ?? "."}/state`,
    shared: `${parent(modules) ?? "."}/shared`,
    registry: `${parent(modules) ?? "."}/registry`,
    variables: infrastructure?.variables ?? "terraform.tfvars",
    kubernetes: files?.kubernetes ?? `${root}/kubernetes`,
    scripts: files?.scripts?.folder ?? `${root}/scripts`,
    monitoring: files?.monitoring ?? `${root}/monitoring`,
    policies: files?.policies ?? `${root}/policies`,
    backups: files?.backups ?? `${root}/backups`,
    runbooks: `${root}/runbooks`,
    guide: files?.guide?.file ?? `${root}/README.md`,
    env: (environment) => env.replaceAll("<environment>", environment),
  };
}

function first(path: string | undefined): string | undefined {
  return path?.split("/", 1)[0];
}

function parent(path: string): string | undefined {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : undefined;
}

/** `infra/envs/<environment>` has its modules in `infra/modules`, and `infra/<environment>` has them there too. */
function besideEnvironments(terraform: string): string {
  const above = parent(terraform) ?? ".";
  return /(^|\/)env(s|ironments)$/.test(above) ? (parent(above) ?? ".") : above;
}

/** One way to write a path, so that two that lead to the same place are seen as one: `./infra/dev/../x/` is `infra/x`. */
export function plainPath(path: string): string {
  const steps: string[] = [];
  for (const step of path.split("/")) {
    if (step === "" || step === ".") continue;
    if (step === ".." && steps.length > 0 && steps.at(-1) !== "..") steps.pop();
    else steps.push(step);
  }
  return `${path.startsWith("/") ? "/" : ""}${steps.join("/")}` || ".";
}
