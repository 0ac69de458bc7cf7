// What telemetry of one environment lies on the disk, a folder for each kind: `page-<number>`, written once each, and `head`, written
// anew each time. After a crash at most what came since the last `save` is missing.
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { readWholeBytes, writeWholeBytes } from "./whole-bytes.ts";

/** A file that was left out, and why. */
export type LostFile = { readonly file: string; readonly reason: string };

/** What is to be kept, and how it is taken in again. */
export type Kept = {
  /** What is full, by its number, and how often it changed since. */
  readonly pages: () => readonly { readonly number: number; readonly changes: number }[];
  readonly page: (number: number) => Uint8Array | undefined;
  /** What is not full yet. */
  readonly head: () => Uint8Array;
  /** Pages come in the order of their numbers, the head last. Tells what is wrong with one that cannot be used. */
  readonly restore: (bytes: Uint8Array) => { readonly problem?: string };
};

export type SegmentFiles = {
  /** Takes in what is there, before anything is appended. What cannot be read is told and left out. */
  load(): Promise<readonly LostFile[]>;
  /** Writes what is new. One at a time; whoever comes meanwhile waits for the same. */
  save(): Promise<void>;
};

const mostBytes = 256 * 2 ** 20;
const pageName = /^page-(\d{1,10})$/;

export function createSegmentFiles(folder: string, kept: Kept): SegmentFiles {
  const saved = new Map<number, number>();
  let saving: Promise<void> | undefined;

  async function numbers(): Promise<readonly number[]> {
    const names = await readdir(folder);
    const found = names.flatMap((name) => pageName.exec(name)?.[1] ?? []).map(Number);
    return found.toSorted((a, b) => a - b);
  }

  async function write(): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const pages = kept.pages();
    // Before it is waited for anything: what is not in these pages is in it.
    const head = kept.head();
    for (const { number, changes } of pages) {
      if (saved.get(number) === changes) continue;
      const bytes = kept.page(number);
      // It may have become too old since.
      if (!bytes) continue;
      await writeWholeBytes(path.join(folder, `page-${number}`), bytes);
      saved.set(number, changes);
    }
    await writeWholeBytes(path.join(folder, "head"), head);
    const wanted = new Set(pages.map(({ number }) => number));
    for (const number of await numbers()) {
      if (wanted.has(number)) continue;
      await rm(path.join(folder, `page-${number}`), { force: true });
      saved.delete(number);
    }
  }

  return {
    async load() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const lost: LostFile[] = [];
      const take = async (name: string): Promise<boolean> => {
        const file = path.join(folder, name);
        const bytes = await readWholeBytes(file, mostBytes);
        const { problem } = "problem" in bytes ? bytes : kept.restore(bytes);
        if (problem !== undefined) lost.push({ file, reason: problem });
        return problem === undefined;
      };
      for (const number of await numbers()) if (await take(`page-${number}`)) saved.set(number, 0);
      if ((await readdir(folder)).includes("head")) await take("head");
      return lost;
    },
    save() {
      saving ??= write().finally(() => (saving = undefined));
      return saving;
    },
  };
}
