import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import type { Look, Tool } from "../../migrations/files/folder.ts";
import type { Given } from "../command.ts";
import { readSpec } from "../read-spec.ts";
import type { Migrations } from "./migrations.ts";
import { namedPaths } from "./named-paths.ts";
import { textOf, toolOf, usualFolder } from "./options.ts";

/** Folders and files that are named; else each database's folder of the spec, else one where they mostly are. */
export async function migrationsOf(given: Given): Promise<readonly Migrations[]> {
  const { lookAtFolder } = await import("../../migrations/files/read-folder.ts");
  const [dir, said] = [textOf(given.options["dir"]), toolOf(given)];
  const args = dir === undefined ? given.args : [dir, ...given.args];
  if (args.length > 0) {
    const { folders, files } = namedPaths(args);
    const { filesByThemselves, sqlWithoutOrder } = await import("./loose-files.ts");
    return [
      ...folders.map((folder) => {
        const look = lookAtFolder(folder, said);
        return seenIn(look.migrations.length > 0 || look.tool !== "sql" ? look : sqlWithoutOrder(look));
      }),
      ...[...files].map(([folder, names]) => filesByThemselves(folder, names)),
    ];
  }
  const usual = usualFolder();
  try {
    const folders = await foldersOfSpec(given);
    if (folders.length > 0)
      return folders.map(({ folder, tool, version }) => ({ ...seenIn(lookAtFolder(folder, said ?? tool)), version }));
  } catch (error) {
    // Without a spec the folder is enough.
    if (!(error instanceof UserError) || error.code !== "no-spec" || usual === undefined) throw error;
  }
  if (usual !== undefined) return [seenIn(lookAtFolder(path.relative("", usual), said))];
  throw new UserError("no-migrations", "no database of the spec has a folder of migrations", {
    hint: "name it: gantry migrate lint db/migrations",
  });
}

/** What the folder's tool runs at other times comes last. */
function seenIn({ folder, migrations, beside, problems, notes, wholeOf }: Look): Migrations {
  return { folder, migrations: [...migrations, ...beside], problems, notes, wholeOf };
}

type SpecFolder = { readonly folder: string; readonly tool: Tool | undefined; readonly version: number | undefined };

/** Those of each database, and the version that it has there. */
async function foldersOfSpec(given: Given): Promise<readonly SpecFolder[]> {
  const spec = await readSpec(given);
  const resources = Object.values((spec.data["resources"] ?? {}) as Record<string, Resource>);
  return resources.flatMap(({ migrations: said, version }) => {
    const { here, folder = here, tool } = typeof said === "string" ? { folder: said } : (said ?? {});
    const wanted = here ?? folder;
    if (wanted === undefined) return [];
    const place = path.resolve(path.dirname(spec.file), wanted);
    return [{ folder: path.relative("", place) || ".", tool: here === undefined ? tool : undefined, version }];
  });
}

type Resource = {
  readonly version?: number;
  readonly migrations?: string | { readonly folder?: string; readonly here?: string; readonly tool?: Tool };
};
