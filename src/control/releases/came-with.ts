import { readdirSync } from "node:fs";
import path from "node:path";
import type { Tool } from "../../migrations/files/folder.ts";
import { readMigrations } from "../../migrations/files/read-folder.ts";
import type { Migration } from "../../migrations/migration.ts";
import type { Environment } from "../../spec/environment.ts";

/** The migrations of each database that some code comes with: those that are run here, or by a command of the product's. */
export type CameWith = Readonly<Record<string, readonly { readonly name: string; readonly sha256: string }[]>>;

export function cameWith(environment: Environment, root: string): CameWith {
  const found: Record<string, CameWith[string]> = {};
  for (const [name, resource] of Object.entries(environment.resources)) {
    const { here, apply, folder, tool } = (resource.kind === "postgres" ? resource.migrations : undefined) ?? {};
    const from = here ?? (apply === undefined ? undefined : folder);
    const files = from === undefined ? undefined : readable(path.join(root, from), here === undefined ? tool : undefined);
    if (files !== undefined) found[name] = files.map(({ name: migration, up }) => ({ name: migration, sha256: up.sha256 }));
  }
  return found;
}

/** The texts of migrations by what they hash to, out of the folders that there are: what was applied long ago may be in an old one. */
export function textsIn(folders: readonly string[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const folder of folders) for (const { up } of readable(folder) ?? []) texts.set(up.sha256, up.sql);
  return texts;
}

export function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

function readable(folder: string, tool?: Tool): readonly Migration[] | undefined {
  try {
    return readMigrations(folder, tool);
  } catch {
    return undefined;
  }
}
