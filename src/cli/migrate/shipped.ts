import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { printable } from "../../lib/text.ts";
import { isCalled } from "../../migrations/called.ts";
import type { Migration } from "../../migrations/migration.ts";
import type { Given } from "../command.ts";

/** Which migrations have been shipped: those that a commit holds, or those up to a named one. */
export function shippedIn(
  migrations: readonly Migration[],
  { base, since }: Given["options"],
  cwd: string,
): ((migration: Migration) => boolean) | undefined {
  if (typeof since === "string") {
    const last = migrations.findIndex((one) => isCalled(one, since));
    if (last === -1)
      throw new UserError("no-migrations", `there is no migration ${JSON.stringify(printable(since))}`, {
        hint: "--since names one by its file or its number",
      });
    const shipped = new Set(migrations.slice(0, last + 1));
    return (migration) => shipped.has(migration);
  }
  if (typeof base !== "string") return undefined;
  const top = git(["rev-parse", "--show-toplevel"], cwd, base).trimEnd();
  const held = new Set(
    git(["ls-tree", "-r", "-z", "--name-only", "--full-tree", "--end-of-options", base], cwd, base).split("\0"),
  );
  return ({ up }) => {
    const file = path.resolve(cwd, up.file);
    // What comes in, or hangs in the air, is in no commit.
    return existsSync(file) && held.has(path.relative(top, realpathSync(file)).replaceAll(path.sep, "/"));
  };
}

function git(args: readonly string[], cwd: string, base: string): string {
  try {
    return execFileSync("git", [...args], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 256 * 1024 * 1024,
    });
  } catch (error) {
    throw new UserError("usage", `--base ${printable(base)} is no commit that git knows here`, {
      hint: "in a shallow clone fetch it first, as git fetch origin main",
      cause: error,
    });
  }
}
