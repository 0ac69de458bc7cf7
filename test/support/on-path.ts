import { accessSync, constants } from "node:fs";
import path from "node:path";

/** Is there a program of this name on PATH? */
export function onPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
