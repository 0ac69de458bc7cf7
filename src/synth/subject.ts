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
  return subject.environments.filter((one) => one.cloud === "local");
}

/**
 * Where the spec says nothing of its infrastructure, what runs in a cloud is Terraform in the usual folders, unless scripts of the product's
 * own set it up.
 */
export function completed(subject: Subject): Subject {
  const { pipeline, files } = productOf(subject);
  if (pipeline?.infrastructure !== undefined || files?.scripts?.parts !== undefined || inCloud(subject).length === 0)
    return subject;
  const environments = subject.environments.map((one) => ({
    ...one,
    pipeline: { runsOn: [], ...one.pipeline, infrastructure: {} },
  }));
  return { ...subject, environments };
}
