import { parse } from "@cdktf/hcl2json";

// Terraform files as plain data: what each block says, with the file it stands in.

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type Body = { readonly [key: string]: Json };
export type Block = { readonly file: string; readonly type: string; readonly labels: readonly string[]; readonly body: Body };

/** What Terraform takes for one module: the `.tf` files of one folder, and the files of values beside them. */
export type Folder = {
  readonly path: string;
  readonly blocks: readonly Block[];
  /** The values of each `.tfvars` file. */
  readonly values: ReadonlyMap<string, Body>;
};

export type Tree = { readonly folders: ReadonlyMap<string, Folder>; readonly problems: readonly string[] };

const labelsOf: Readonly<Record<string, number>> = {
  resource: 2,
  data: 2,
  ephemeral: 2,
  variable: 1,
  output: 1,
  module: 1,
  provider: 1,
  check: 1,
  locals: 0,
  terraform: 0,
  moved: 0,
  removed: 0,
  import: 0,
};

export async function parsedTree(files: ReadonlyMap<string, string>): Promise<Tree> {
  const problems: string[] = [];
  const folders = new Map<string, { path: string; blocks: Block[]; values: Map<string, Body> }>();
  for (const [file, text] of files) {
    if (!/\.(tf|tfvars)$/.test(file)) continue;
    const path = file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : ".";
    const folder = folders.get(path) ?? { path, blocks: [], values: new Map<string, Body>() };
    folders.set(path, folder);
    try {
      const body = (await parse(file, text)) as Body;
      if (file.endsWith(".tfvars")) folder.values.set(file, body);
      else folder.blocks.push(...blocksOf(file, body, problems));
    } catch (error) {
      problems.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { folders, problems };
}

function blocksOf(file: string, body: Body, problems: string[]): Block[] {
  return Object.entries(body).flatMap(([type, value]) => {
    const labels = Object.hasOwn(labelsOf, type) ? labelsOf[type] : undefined;
    if (labels === undefined) {
      problems.push(`${file}: ${type} is no block of Terraform`);
      return [];
    }
    return unlabelled(value, labels, []).map((one) => ({ file, type, ...one }));
  });
}

function unlabelled(value: Json, depth: number, labels: readonly string[]): { labels: readonly string[]; body: Body }[] {
  if (depth > 0 && isObject(value))
    return Object.entries(value).flatMap(([label, inner]) => unlabelled(inner, depth - 1, [...labels, label]));
  return list(value)
    .filter(isObject)
    .map((body) => ({ labels, body }));
}

export function isObject(value: Json | undefined): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
