import { accessSync, constants } from "node:fs";
import path from "node:path";

/** Where a program is on PATH. */
export function whereIs(program: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Tests that need a program that is not there skip, and say so. */
export function has(program: string): boolean {
  return whereIs(program) !== undefined;
}
