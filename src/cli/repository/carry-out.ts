import { chmodSync, readdirSync, realpathSync, rmSync, rmdirSync, statSync } from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { makeFolder } from "../../system/make-folder.ts";
import { clearTemporary, writeWhole } from "../../system/whole-file.ts";
import type { Change } from "./compare.ts";
import { type Manifest, writeManifest } from "./manifest.ts";

export type CarryOut = {
  readonly product: string;
  readonly manifest: Manifest | undefined;
  readonly force: boolean;
  /** Asked between two files: once it is aborted, no further one is touched. */
  readonly signal?: AbortSignal;
};

/** Whether a change is Gantry's to make; what somebody else has a hand in only when that is asked for. */
export function isMade({ is }: Change, force: boolean): boolean {
  return is === "new" || is === "changed" || is === "removed" || (force && is !== "same" && is !== "replaced");
}

/**
 * Makes the changes, each file whole, and says which it did not come to. The manifest is written before and after: in between it knows
 * of each file both what it was and what it becomes, so that an interrupted run goes on and nothing of it looks like somebody's edit.
 */
export async function carryOut(
  folder: string,
  changes: readonly Change[],
  { product, manifest: known, force, signal }: CarryOut,
): Promise<readonly Change[]> {
  const made = changes.filter((change) => isMade(change, force));
  const stopped = () => signal?.aborted === true;
  const kept = new Map<string, readonly string[]>();
  for (const change of changes) {
    const digests = digestsAfter(change, known, force);
    if (digests.length > 0) kept.set(change.path, digests);
  }
  clearLeftOvers(folder, [...changes.map((change) => change.path), ...(known?.files.keys() ?? [])]);
  await setImmediate();
  if (stopped()) return made;
  const before = new Map(kept);
  for (const { path: name } of made) {
    const digests = [...new Set([...(known?.files.get(name) ?? []), ...(kept.get(name) ?? [])])];
    if (digests.length > 0) before.set(name, digests);
  }
  if (made.length > 0) writeManifest(folder, { product, files: before });
  for (const [index, change] of made.entries()) {
    // Only between turns does a process hear that it is to stop.
    await setImmediate();
    if (stopped()) return made.slice(index);
    make(folder, change);
  }
  if (made.length > 0 || !sameFiles(kept, known)) writeManifest(folder, { product, files: kept });
  return [];
}

/** What the manifest says of a file afterwards: a file that stayed somebody else's is still held to what Gantry last wrote. */
function digestsAfter(change: Change, known: Manifest | undefined, force: boolean): readonly string[] {
  if (change.is === "removed" || change.is === "let go" || change.is === "replaced") return [];
  if (change.is === "same" || isMade(change, force)) return change.digest === undefined ? [] : [change.digest];
  return known?.files.get(change.path) ?? [];
}

/** A run that was killed while it wrote may have left what it wrote, and a folder for it, beside any of the files. */
function clearLeftOvers(folder: string, names: readonly string[]): void {
  const around = new Set([".", ".gantry", ...names.map((name) => path.dirname(name))]);
  for (const name of around) {
    if (isFolderInside(folder, name) && clearTemporary(path.join(folder, name))) removeEmptyFolders(folder, name);
  }
}

/** Somebody may have put a link out of the folder, or anything else, in the place of what was written. */
function isFolderInside(folder: string, name: string): boolean {
  try {
    const real = realpathSync(path.join(folder, name));
    return !path.relative(realpathSync(folder), real).startsWith("..") && statSync(real).isDirectory();
  } catch {
    return false;
  }
}

function make(folder: string, { path: name, after, executable }: Change): void {
  const full = path.join(folder, name);
  if (after === undefined) {
    rmSync(full, { force: true });
    removeEmptyFolders(folder, path.dirname(name));
    return;
  }
  makeFolder(path.dirname(full));
  const mode = executable ? 0o755 : 0o644;
  writeWhole(full, after, mode);
  chmodSync(full, mode);
}

function removeEmptyFolders(folder: string, name: string): void {
  for (let here = name; here !== "." && here !== ""; here = path.dirname(here)) {
    const full = path.join(folder, here);
    if (readdirSync(full).length > 0) return;
    rmdirSync(full);
  }
}

function sameFiles(kept: Manifest["files"], known: Manifest | undefined): boolean {
  if (known === undefined || kept.size !== known.files.size) return false;
  return [...kept].every(([name, digests]) => String(known.files.get(name)) === String(digests));
}
