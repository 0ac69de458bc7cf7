import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The first of these programs that PATH has, in full. */
export function onPath(names: readonly string[], pathVariable = process.env["PATH"] ?? ""): string | undefined {
  for (const name of names)
    for (const folder of pathVariable.split(path.delimiter)) {
      // A relative folder would mean another program in each folder that one is in.
      if (!path.isAbsolute(folder)) continue;
      const file = path.join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        if (statSync(file).isFile()) return file;
      } catch {
        // Not there, or not for us.
      }
    }
  return undefined;
}

/** The version that a program tells of itself, as "7.0.15". */
export async function versionOf(program: string, args: readonly string[] = ["--version"]): Promise<string | undefined> {
  const said = await run(program, [...args], { timeout: 5_000 }).catch(() => undefined);
  return /\b(\d+\.\d+(?:\.\d+)?)\b/.exec(`${said?.stdout ?? ""}${said?.stderr ?? ""}`)?.[1];
}
