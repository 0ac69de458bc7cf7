import type { File } from "../file.ts";

/** A module as a product has it: from where in the library, under which name, with which of its outputs named otherwise. */
export type ModuleUse = {
  /** `gcp/cloud_sql_postgres` */
  readonly from: string;
  /** The folder's name among the product's modules. */
  readonly as: string;
  /** The library's name of an output, and the product's. */
  readonly outputs?: Readonly<Record<string, string>>;
};

/** The Terraform root of one environment. */
export type Root = { readonly files: readonly File[]; readonly modules: readonly ModuleUse[] };
