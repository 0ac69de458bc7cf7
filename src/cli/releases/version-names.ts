import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UserError } from "../../lib/errors.ts";
import { printable } from "../../lib/text.ts";

const run = promisify(execFile);

/** All that a version is called, so that a report finds it by whatever name it is released: what was said, and the commit behind it. */
export async function versionNames(folder: string, said: readonly string[]): Promise<readonly string[]> {
  const git = (...args: readonly string[]) =>
    run("git", [...args], { cwd: folder }).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
  const commitOf = (name: string) => git("rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`);
  if (said.length > 0) {
    const commits = await Promise.all(said.map(commitOf));
    return [...new Set([...said, ...commits.flatMap((one) => (one === undefined ? [] : [one]))])];
  }
  const commit = await commitOf("HEAD");
  if (commit === undefined)
    throw new UserError("usage", "say which version it is about", {
      hint: "--for v1.4.0; gantry release --dry-run says what a version is built as",
    });
  const changed = await git("status", "--porcelain", "--", ".");
  if (changed !== "")
    throw new UserError("usage", `${printable(folder)} differs from its commit, so nobody knows which version was checked`, {
      hint: "commit it, or say --for",
    });
  return [commit];
}
