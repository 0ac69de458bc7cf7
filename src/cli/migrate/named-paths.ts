import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { printable } from "../../lib/text.ts";

/** What a command line names: folders, and files by the folder whose migrations they are. */
export type Named = { readonly folders: readonly string[]; readonly files: ReadonlyMap<string, readonly string[]> };

/** Paths, or `*` and `?` within a name where no shell has read them. What they come to is seen from here. */
export function namedPaths(given: readonly string[]): Named {
  const folders = new Set<string>();
  const files = new Map<string, string[]>();
  for (const one of given.flatMap(matching)) {
    const seen = path.relative("", one) || ".";
    if (statSync(one, { throwIfNoEntry: false })?.isDirectory() === true) folders.add(seen);
    else files.set(homeOf(seen), [...(files.get(homeOf(seen)) ?? []), seen]);
  }
  return { folders: [...folders], files };
}

function matching(given: string): readonly string[] {
  const pattern = path.basename(given);
  if (existsSync(given)) return [given];
  const folder = path.dirname(given);
  if (!/[*?]/.test(pattern) || !existsSync(folder))
    throw new UserError("no-migrations", `there is no file or folder ${JSON.stringify(printable(given))}`, {
      hint: "name a folder of migrations, or .sql files",
    });
  const wanted = new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  );
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql") && wanted.test(name))
    .toSorted()
    .map((name) => path.join(folder, name));
}

/** Prisma has a folder for each migration. */
function homeOf(file: string): string {
  const folder = path.dirname(file);
  const isPrismas = /^(?:migration|down)\.sql$/.test(path.basename(file)) && /^\d/.test(path.basename(folder));
  return isPrismas ? path.dirname(folder) : folder;
}
