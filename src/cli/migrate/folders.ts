import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { printable } from "../../lib/text.ts";
import type { Migration } from "../../migrations/migration.ts";
import type { Given } from "../command.ts";
import { readSpec } from "../read-spec.ts";
import { usualFolder } from "./options.ts";

export type MigrationsFolder = {
  readonly folder: string;
  readonly migrations: readonly Migration[];
  /** The version that the spec says. */
  readonly version: number | undefined;
  /** Files that were named by themselves. */
  readonly named: readonly string[];
};

/** Folders that are named, or those of files that are; else each database's folder of the spec, else one where they mostly are. */
export async function migrationsFolders(given: Given, args: readonly string[]): Promise<readonly MigrationsFolder[]> {
  const { readFolder } = await import("../../migrations/files/read-folder.ts");
  const read = (folder: string, version?: number, named: readonly string[] = []): MigrationsFolder => ({
    folder,
    migrations: readFolder(folder).migrations,
    version,
    named,
  });
  if (args.length > 0) {
    const places = args.map((one) => path.resolve(one));
    const missing = places.find((one) => !existsSync(one));
    if (missing !== undefined)
      throw new UserError("no-migrations", `there is no file or folder ${JSON.stringify(printable(missing))}`, {
        hint: "name a folder of migrations, or files in one",
      });
    const isFolder = (place: string) => statSync(place).isDirectory();
    const folders = [...new Set(places.map((one) => (isFolder(one) ? one : path.dirname(one))))];
    return folders.map((folder) =>
      read(
        folder,
        undefined,
        places.filter((one) => !isFolder(one) && path.dirname(one) === folder),
      ),
    );
  }
  const usual = usualFolder();
  try {
    const folders = await foldersOfSpec(given);
    if (folders.length > 0) return folders.map(({ folder, version }) => read(folder, version));
  } catch (error) {
    // Without a spec the folder is enough.
    if (!(error instanceof UserError) || error.code !== "no-spec" || usual === undefined) throw error;
  }
  if (usual !== undefined) return [read(usual)];
  throw new UserError("no-migrations", "no database of the spec has a folder of migrations", {
    hint: "name it: gantry migrate prove db/migrations",
  });
}

/** Those of each database, and the version that it has there. */
export async function foldersOfSpec(given: Given): Promise<readonly Pick<MigrationsFolder, "folder" | "version">[]> {
  const spec = await readSpec(given);
  const resources = Object.values((spec.data["resources"] ?? {}) as Record<string, Resource>);
  return resources.flatMap(({ migrations: said, version }) => {
    const folder = typeof said === "string" ? said : (said?.here ?? said?.folder);
    return folder === undefined ? [] : [{ folder: path.resolve(path.dirname(spec.file), folder), version }];
  });
}

type Resource = {
  readonly version?: number;
  readonly migrations?: string | { readonly folder?: string; readonly here?: string };
};
