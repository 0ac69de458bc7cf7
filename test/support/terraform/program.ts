import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/** Whether the real Terraform is on this machine. */
export const hasTerraform = spawnSync("terraform", ["version"], { stdio: "ignore" }).status === 0;

type Run = { readonly in?: string; readonly env?: Readonly<Record<string, string>> };
const started = promisify(execFile);

/** What Terraform says in a folder with these files, and whether it is content; the folder is gone afterwards. */
export async function terraformOn(
  files: ReadonlyMap<string, string>,
  commands: readonly (readonly string[])[],
  { in: root = ".", env = {} }: Run = {},
): Promise<{ readonly ok: boolean; readonly said: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-terraform-"));
  const how = {
    cwd: path.join(folder, root),
    env: { ...process.env, TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", ...env },
    maxBuffer: 2 ** 28,
  };
  let said = "";
  try {
    for (const [file, text] of files) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
    for (const args of commands) said += (await started("terraform", args, how)).stdout;
    return { ok: true, said };
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    return { ok: false, said: said + stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
