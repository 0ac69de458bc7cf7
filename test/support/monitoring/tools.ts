import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** What a tool says of files, which stand in a folder of their own for as long as it looks. */
export function judged(
  files: ReadonlyMap<string, string>,
  program: string,
  args: readonly string[],
): { readonly accepted: boolean; readonly said: string; readonly printed: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-monitoring-"));
  try {
    for (const [file, text] of files) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
    const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: "utf8", timeout: 280_000 });
    if (error) throw error;
    return { accepted: status === 0, said: `${stdout}${stderr}`, printed: stdout };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
