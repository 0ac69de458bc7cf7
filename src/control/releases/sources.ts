import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../lib/errors.ts";
import { shown } from "../../lib/text.ts";

const run = promisify(execFile);
const mostBytes = 64 * 2 ** 20;

/** Where the code of a version is, and what the version is called. */
export type Source = {
  readonly root: string;
  /** As people call it; absent where nobody has given it a name: then it is called by what was built. */
  readonly version?: string;
  /** What else a report may call it. */
  readonly names: readonly string[];
};

/** The code in a folder. What git has seen whole is its commit; what was changed since is nothing that a report could be about. */
export async function folderSource(root: string): Promise<Source> {
  const commit = await git(root, "rev-parse", "--verify", "HEAD^{commit}");
  const changed =
    commit === undefined ? undefined : await git(root, "status", "--porcelain", "--untracked-files=normal", "--", ".");
  if (commit === undefined || changed !== "") return { root, names: [] };
  return { root, ...named(commit, await tagAt(root, commit)) };
}

/** A commit, a tag, a branch: its code is taken out of the repository, beside what is in the folder. */
export async function commitSource(root: string, ref: string, folder: string): Promise<Source | undefined> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._/@{}^~+-]{0,200}$/.test(ref)) return undefined;
  const commit = await git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`);
  if (commit === undefined) return undefined;
  const to = path.join(folder, commit);
  if (!existsSync(to)) await checkOut(root, commit, to);
  const prefix = (await git(root, "rev-parse", "--show-prefix")) ?? "";
  if (!existsSync(path.join(to, prefix)))
    throw new UserError("unknown-version", `${shown(ref)} has no folder ${prefix}`, {
      hint: "the spec has to be in the same folder",
    });
  const tag = (await git(root, "tag", "--list", "--points-at", commit, "--", ref)) === ref ? ref : await tagAt(root, commit);
  return { root: path.join(to, prefix), ...named(commit, tag) };
}

/** All of the repository: what is built may import what lies beside the spec's folder. */
async function checkOut(root: string, commit: string, to: string): Promise<void> {
  const fresh = `${to}.${process.pid}.tmp`;
  const archive = `${fresh}.tar`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  try {
    const top = (await git(root, "rev-parse", "--show-toplevel")) ?? root;
    await run("git", ["archive", "--format=tar", "-o", archive, commit], { cwd: top });
    await run("tar", ["-xf", archive, "-C", fresh]);
    // What it was built with is not in the repository: what is installed here stands in for it.
    const inside = path.relative(top, root);
    for (const folder of new Set(["", inside])) {
      const modules = path.join(top, folder, "node_modules");
      const link = path.join(fresh, folder, "node_modules");
      if (existsSync(modules) && existsSync(path.dirname(link)) && !existsSync(link)) await symlink(modules, link);
    }
    await rename(fresh, to);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (existsSync(to)) return;
    throw new UserError("unknown-version", `the code of ${shown(commit)} cannot be taken out of the repository`, {
      hint: "git archive has to be able to write it",
      cause: error,
    });
  } finally {
    await rm(archive, { force: true });
  }
}

function named(commit: string, tag: string | undefined): Pick<Source, "version" | "names"> {
  const short = commit.slice(0, 12);
  return { version: tag ?? short, names: [...new Set([commit, short, commit.slice(0, 7), ...(tag === undefined ? [] : [tag])])] };
}

async function tagAt(root: string, commit: string): Promise<string | undefined> {
  const tags = ((await git(root, "tag", "--list", "--points-at", commit, "--sort=-v:refname")) ?? "").split("\n");
  return tags.find((tag) => tag !== "");
}

async function git(folder: string, ...args: readonly string[]): Promise<string | undefined> {
  return run("git", [...args], { cwd: folder, maxBuffer: mostBytes }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}
