import { closeSync, constants, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeFolder } from "../system/make-folder.ts";
import { writeWhole } from "../system/whole-file.ts";

/**
 * Writes files that are not there yet. One that is there stays as it is, unless `replace` says that it is Gantry's own; each is
 * written whole under another name first, so that an interruption leaves no half of one.
 */
export function writeNewFiles(
  folder: string,
  files: ReadonlyMap<string, string>,
  how: { readonly dryRun: boolean; readonly replace: (name: string) => boolean },
): { written: string[]; kept: string[] } {
  const written: string[] = [];
  const kept: string[] = [];
  for (const [name, text] of files) {
    const file = path.join(folder, name);
    const mine = how.replace(name);
    if (existsSync(file)) {
      if (!mine) {
        kept.push(name);
        continue;
      }
      if (readFileSync(file, "utf8") === text) continue;
    }
    written.push(name);
    if (how.dryRun) continue;
    makeFolder(path.dirname(file));
    if (mine) writeWhole(file, text, 0o644);
    else writeExclusively(file, text);
  }
  return { written, kept };
}

/** Fails rather than overwrite what came in the meantime. */
function writeExclusively(file: string, text: string): void {
  const handle = openSync(file, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o644);
  try {
    writeFileSync(handle, text);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
}
