import { accessSync, constants } from "node:fs";
import path from "node:path";

/** Whether a program is on PATH: tests that need one that is not there skip, and say so. */
export function has(program: string): boolean {
  return (process.env["PATH"] ?? "").split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
