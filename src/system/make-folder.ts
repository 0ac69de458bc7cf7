import { existsSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../lib/errors.ts";

/**
 * Makes a folder and those above it. Node's own way does not come to an end where the system makes none and says that the one above
 * is missing, as in /proc.
 */
export function makeFolder(folder: string, mode = 0o777): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const above = path.dirname(folder);
  if (above !== folder) makeFolder(above, mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && existsSync(above))
      throw new UserError("bad-place", `${folder} cannot be used: the system makes no folder there`, {
        hint: "choose another place",
        cause: error,
      });
    // Somebody else may have made it in the meantime.
    if (code !== "EEXIST" || statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
