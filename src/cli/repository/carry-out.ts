import { chmodSync, mkdirSync, readdirSync, rmSync, rmdirSync } from "node:fs";
import path from "node:path";
import { usable } from "../../system/usable.ts";
import { writeWhole } from "../../system/whole-file.ts";
import type { Change } from "./compare.ts";
import { type Manifest, writeManifest } from "./manifest.ts";

/** Whether a change is Gantry's to make; what somebody else has a hand in only when that is asked for. */
export function isMade({ is }: Change, force: boolean): boolean {
  return is === "new" || is === "changed" || is === "removed" || (force && is !== "same");
}

/**
 * Makes the changes, each file whole. The manifest is written before and after: in between it knows of each file both what it was and
 * what it becomes, so that an interrupted run goes on and nothing of it looks like somebody's edit.
 */
export function carryOut(
  folder: string,
  product: string,
  changes: readonly Change[],
  known: Manifest | undefined,
  force: boolean,
): void {
  const made = changes.filter((change) => isMade(change, force));
  const kept = new Map<string, readonly string[]>();
  for (const change of changes) {
    const digests = digestsAfter(change, known, force);
    if (digests.length > 0) kept.set(change.path, digests);
  }
  usable(folder, () => {
    const before = new Map(kept);
    for (const { path: name } of made) {
      const digests = [...new Set([...(known?.files.get(name) ?? []), ...(kept.get(name) ?? [])])];
      if (digests.length > 0) before.set(name, digests);
    }
    if (made.length > 0) writeManifest(folder, { product, files: before });
    for (const change of made) make(folder, change);
    if (made.length > 0 || !sameFiles(kept, known)) writeManifest(folder, { product, files: kept });
  });
}

/** What the manifest says of a file afterwards: a file that stayed somebody else's is still held to what Gantry last wrote. */
function digestsAfter(change: Change, known: Manifest | undefined, force: boolean): readonly string[] {
  if (change.is === "removed" || change.is === "let go") return [];
  if (change.is === "same" || isMade(change, force)) return change.digest === undefined ? [] : [change.digest];
  return known?.files.get(change.path) ?? [];
}

function make(folder: string, { path: name, after, executable }: Change): void {
  const full = path.join(folder, name);
  if (after === undefined) {
    rmSync(full, { force: true });
    removeEmptyFolders(folder, path.dirname(name));
    return;
  }
  mkdirSync(path.dirname(full), { recursive: true });
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
