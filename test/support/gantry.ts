import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Problem } from "../../src/lib/problem.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const main = path.join(root, "dist/run/main.js");
export const exampleNames = ["ai-governance", "bytereview", "codementor", "cpa-platform", "proveniq-ledger"] as const;

export function exampleFile(name: string): string {
  return path.join(root, "examples", name, "gantry.config.ts");
}

export type Ran = { readonly status: number | null; readonly out: string; readonly err: string };

/** Runs the built command line, as a user would. */
export function gantry(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: options.cwd ?? root,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "", ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, out, err }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/** A folder that is gone when the test is. Tests that run side by side hand in their own `onTestFinished`. */
export function temporaryFolder(finished: (clean: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-test-"));
  finished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type CheckReport = {
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  readonly error?: { readonly code: string; readonly message: string };
};

/** Checks a spec given as text, by the command line. */
export async function checkText(
  text: string | Buffer,
  name = "gantry.config.ts",
): Promise<Ran & { readonly report: CheckReport }> {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, name), text);
  const ran = await gantry(["check", "--json"], { cwd: folder });
  return { ...ran, report: JSON.parse(ran.out) as CheckReport };
}
