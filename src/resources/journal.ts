import { crc32 } from "node:zlib";
import { open, readFile, rename, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { syncFolder } from "./sync-folder.ts";

// An append-only file of records, one a line behind its checksum, and the state that follows from them in memory.
//
// 1. A record changes the state in the moment it is appended; whoever appended it answers only when it is written.
// 2. `durable` records are on the disk (fdatasync) when their promise resolves, the others in the hands of the operating system: they
//    outlive this process, not a power cut. One sync serves all who wait for one.
// 3. A torn line at the end was never acknowledged and is cut off. A broken line before whole ones is a fault of the disk: it is
//    counted and left out, and the file as it was is kept beside.
// 4. When a write fails, those who wait are told, the file is cut back to what was whole, and the state is built again from it.

export type JournalState<R> = {
  /** Back to the state before the first record. */
  readonly reset: () => void;
  readonly apply: (record: R) => void;
  /** Records that lead to the present state. */
  readonly snapshot: () => Iterable<R>;
};

export type Journal<R> = {
  readonly append: (record: R, options?: { readonly durable?: boolean }) => Promise<void>;
  readonly brokenLines: () => number;
  readonly close: () => Promise<void>;
};

export class JournalClosed extends Error {}

const compactFromBytes = 1024 * 1024;

export async function openJournal<R>(file: string, state: JournalState<R>, fromBytes = compactFromBytes): Promise<Journal<R>> {
  let waiting: { readonly line: string; readonly durable: boolean; readonly done: (error?: unknown) => void }[] = [];
  let running: Promise<void> | undefined;
  let closed = false;
  const { size: wholeBytes, broken } = await replay(file, state);
  let size = wholeBytes;
  let handle = await openAt(file, size);
  let compactAt = Math.max(fromBytes, size * 2);

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        if (size > compactAt) await compact();
        else {
          const bytes = Buffer.from(batch.map(({ line }) => line).join(""), "utf8");
          await writeAll(handle, bytes, size);
          if (batch.some(({ durable }) => durable)) await handle.datasync();
          size += bytes.length;
        }
        for (const { done } of batch) done();
      } catch (error) {
        await startOver([...batch, ...waiting.splice(0)], error);
      }
    }
    // In the same step as the last look at `waiting`: what is appended from here on starts a new round.
    running = undefined;
  }

  // What waits is in the state already, and so in the snapshot; what comes while it is written goes behind it.
  async function compact(): Promise<void> {
    const next = `${file}.next`;
    const records = [...state.snapshot()];
    const target = await open(next, "w", 0o600);
    let written = 0;
    try {
      for (let index = 0; index < records.length; index += 500) {
        const bytes = Buffer.from(
          records
            .slice(index, index + 500)
            .map(lineOf)
            .join(""),
          "utf8",
        );
        await writeAll(target, bytes, written);
        written += bytes.length;
      }
      await target.sync();
      await rename(next, file);
    } catch (error) {
      await target.close();
      await rm(next, { force: true });
      throw error;
    }
    await handle.close();
    handle = target;
    size = written;
    compactAt = Math.max(fromBytes, written * 2);
    await syncFolder(path.dirname(file));
  }

  async function startOver(told: typeof waiting, error: unknown): Promise<void> {
    try {
      await handle.truncate(size);
      const bytes = await readFile(file);
      state.reset();
      readRecords(bytes, state);
      // Appended since then, and not in the file: they were undone with the rest.
      told = [...told, ...waiting.splice(0)];
    } catch {
      closed = true;
    }
    for (const { done } of told) done(error);
  }

  return {
    append: (record, { durable = true } = {}) => {
      if (closed) return Promise.reject(new JournalClosed("the store is closed"));
      state.apply(record);
      return new Promise((resolve, reject) => {
        waiting.push({ line: lineOf(record), durable, done: (error) => (error === undefined ? resolve() : reject(error)) });
        running ??= flush();
      });
    },
    brokenLines: () => broken,
    close: async () => {
      closed = true;
      await running;
      await handle.close();
    },
  };

  async function replay(from: string, into: JournalState<R>): Promise<{ size: number; broken: number }> {
    const bytes = await readFile(from).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return Buffer.alloc(0);
    });
    into.reset();
    const found = readRecords(bytes, into);
    if (found.broken > 0) await setAside(from, bytes);
    return found;
  }
}

function lineOf(record: unknown): string {
  const text = JSON.stringify(record);
  return `${crc32(text).toString(16).padStart(8, "0")} ${text}\n`;
}

/** How many bytes are whole, and how many lines among them are not. */
function readRecords<R>(bytes: Buffer, state: JournalState<R>): { size: number; broken: number } {
  let size = 0;
  let broken = 0;
  let unread = 0;
  for (let start = 0; ;) {
    const end = bytes.indexOf(10, start);
    if (end < 0) return { size, broken };
    const record = recordOf(bytes.subarray(start, end));
    start = end + 1;
    if (record === undefined) unread += 1;
    else {
      state.apply(record.value as R);
      broken += unread;
      unread = 0;
      size = start;
    }
  }
}

function recordOf(line: Buffer): { readonly value: unknown } | undefined {
  const text = line.subarray(9);
  if (line[8] !== 32 || Number.parseInt(line.toString("latin1", 0, 8), 16) !== crc32(text)) return undefined;
  try {
    return { value: JSON.parse(text.toString("utf8")) };
  } catch {
    return undefined;
  }
}

async function openAt(file: string, size: number): Promise<FileHandle> {
  const handle = await open(file, "a", 0o600).then(async (made) => {
    await made.close();
    return open(file, "r+");
  });
  await handle.truncate(size);
  return handle;
}

async function writeAll(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

async function setAside(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(`${file}.broken`, "w", 0o600);
  try {
    await writeAll(handle, bytes, 0);
  } finally {
    await handle.close();
  }
}
