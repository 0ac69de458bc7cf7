import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, constants, link, open, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { Fault } from "../fault.ts";
import { limits } from "../limits.ts";
import type { Blob } from "./object-version.ts";

// Files with the bytes of objects. They are written once, under names of their own, and never changed.
//
// 1. A file is whole and on the disk before a record refers to it. One that no record refers to is nobody's.
// 2. What is being read stays until it is read.
// 3. Files of an earlier process that no record refers to are swept away at the start; this one's are known by their first letters.

export type Blobs = {
  readonly write: (data: AsyncIterable<Buffer>) => Promise<Blob>;
  /** The same bytes once more, without copying them where the file system can. */
  readonly duplicate: (blob: Blob) => Promise<Blob>;
  readonly read: (blobs: readonly Blob[], from: number, to: number) => AsyncIterable<Buffer>;
  readonly free: (blobs: readonly Blob[]) => void;
  readonly sweep: (used: ReadonlySet<string>) => Promise<void>;
};

export function createBlobs(folder: string): Blobs {
  const mine = randomBytes(8).toString("hex");
  let made = 0;
  const readers = new Map<string, number>();
  const freed = new Set<string>();

  function fileOf(id: string): string {
    return path.join(folder, id);
  }
  function next(): string {
    made += 1;
    return `${mine}-${made}`;
  }
  function remove(id: string): void {
    freed.delete(id);
    // One that stays is swept at the next start.
    rm(fileOf(id), { force: true }).catch(() => undefined);
  }
  function pin({ id }: Blob): void {
    readers.set(id, (readers.get(id) ?? 0) + 1);
  }
  function unpin({ id }: Blob): void {
    const left = (readers.get(id) ?? 1) - 1;
    if (left > 0) return void readers.set(id, left);
    readers.delete(id);
    if (freed.has(id)) remove(id);
  }

  return {
    write: async (data) => {
      const id = next();
      const handle = await open(fileOf(id), "wx", 0o600);
      let size = 0;
      try {
        for await (const part of data) {
          if (size + part.length > limits.objectBytes)
            throw new Fault("EntityTooLarge", 400, `an object is at most ${limits.objectBytes} bytes at once`, {
              connection: "close",
            });
          for (let done = 0; done < part.length;)
            done += (await handle.write(part, done, part.length - done, size + done)).bytesWritten;
          size += part.length;
        }
        await handle.datasync();
      } catch (error) {
        await rm(fileOf(id), { force: true });
        throw error;
      } finally {
        await handle.close();
      }
      return { id, size };
    },

    duplicate: async (blob) => {
      const id = next();
      pin(blob);
      try {
        await link(fileOf(blob.id), fileOf(id)).catch(() => copyFile(fileOf(blob.id), fileOf(id), constants.COPYFILE_FICLONE));
      } finally {
        unpin(blob);
      }
      return { id, size: blob.size };
    },

    read: (blobs, from, to) => {
      // From the moment in which somebody asks, not only when the first byte is read.
      for (const blob of blobs) pin(blob);
      return (async function* () {
        let start = 0;
        try {
          for (const { id, size } of blobs) {
            const [first, last] = [Math.max(0, from - start), Math.min(size - 1, to - start)];
            if (first <= last) yield* createReadStream(fileOf(id), { start: first, end: last, highWaterMark: 256 * 1024 });
            start += size;
          }
        } finally {
          blobs.forEach(unpin);
        }
      })();
    },

    free: (blobs) => {
      for (const { id } of blobs) {
        freed.add(id);
        if (!readers.has(id)) remove(id);
      }
    },

    sweep: async (used) => {
      for (const id of await readdir(folder)) if (!id.startsWith(mine) && !used.has(id)) await rm(fileOf(id), { force: true });
    },
  };
}
