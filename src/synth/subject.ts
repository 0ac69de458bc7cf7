import type { Environment } from "../spec/environment.ts";

/** What files are written of: a product in all its environments, one case of each. */
export type Subject = {
  readonly name: string;
  /** In the order of their names; those that somebody else runs are among them, marked `managed: "elsewhere"`. */
  readonly environments: readonly Environment[];
  /** The module library, by path: `gcp/cloud_sql_postgres/main.tf`. */
  readonly library: ReadonlyMap<string, string>;
  /**
   * Files for a team that goes on without Gantry: where a pipeline would call it, the tools of the cloud are called instead, and no
   * file names it.
   */
  readonly plain: boolean;
};

export type Cloud = Exclude<Environment["cloud"], "local">;

/** What is the same in all environments: the pipeline, the tools, the layout of the files. */
export function productOf({ environments }: Subject): Pick<Environment, ProductPart> {
  const [first] = environments;
  if (first === undefined) throw new RangeError("a product without an environment");
  return first;
}
type ProductPart = "title" | "document" | "repository" | "tools" | "logs" | "spending" | "pipeline" | "files";

/** The environments that the files of a cloud are written for. */
export function inCloud(subject: Subject): readonly Environment[] {
  return subject.environments.filter((one) => one.cloud !== "local" && one.managed !== "elsewhere");
}

export function onLaptops(subject: Subject): readonly Environment[] {
  return subject.environments.filter((one) => one.cloud === "local" && one.managed !== "elsewhere");
}

/**
 * Where the spec says nothing of its infrastructure, what runs in a cloud is Terraform in the usual folders, unless scripts of the product's
 * own set it up. A compose file that belongs to no environment in particular is that of the laptop.
 */
export function completed(subject: Subject): Subject {
  const { pipeline, files } = productOf(subject);
  const infrastructure =
    pipeline?.infrastructure === undefined && files?.scripts?.parts === undefined && inCloud(subject).length > 0;
  const composed = composedLaptop(subject);
  if (!infrastructure && composed === undefined) return subject;
  const environments = subject.environments.map((one) => ({
    ...one,
    ...(infrastructure ? { pipeline: { runsOn: [], ...one.pipeline, infrastructure: {} } } : {}),
    ...(one === composed && files?.compose !== undefined ? { compose: files.compose } : {}),
  }));
  return { ...subject, environments };
}

/** The environment that `files.compose` is of: where none names a file itself, the first that is not made for a single run. */
function composedLaptop(subject: Subject): Environment | undefined {
  const laptops = onLaptops(subject).flatMap((one) => (one.cloud === "local" ? [one] : []));
  if (productOf(subject).files?.compose === undefined || laptops.some(({ compose }) => compose !== undefined)) return undefined;
  return laptops.find(({ ephemeral }) => ephemeral !== true) ?? laptops[0];
}

/** Whether pipelines sign in to its cloud by what GitHub says of them, and hold no key. */
export function deploysFromGitHub({ pipeline, repository }: Environment): boolean {
  const identity = pipeline?.infrastructure?.deployer?.identity ?? pipeline?.identity;
  return identity === "github oidc" && repository?.host === "github";
}
