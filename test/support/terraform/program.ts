import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Whether the real Terraform is on this machine. */
export const hasTerraform = spawnSync("terraform", ["version"], { stdio: "ignore" }).status === 0;

/** What Terraform says in a folder with these files, and whether it is content; the folder is gone afterwards. */
export function terraformOn(
  files: ReadonlyMap<string, string>,
  commands: readonly (readonly string[])[],
): { ok: boolean; said: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-terraform-"));
  try {
    for (const [file, text] of files) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
    const env = { ...process.env, TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
    let said = "";
    for (const args of commands)
      try {
        said += execFileSync("terraform", args, { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
      } catch (error) {
        const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
        return { ok: false, said: said + stdout + stderr };
      }
    return { ok: true, said };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
