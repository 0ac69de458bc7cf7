import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rotatedFile } from "../../system/log-folder.ts";

export type RotatingFileOptions = {
  readonly maxBytes?: number;
  /** The one that is written into and those that were before it. */
  readonly files?: number;
  /** More than this waiting to be written, and whoever writes is asked to wait. */
  readonly mostWaitingBytes?: number;
  /** What to write about lines that the disk would not take. */
  readonly lost?: (lines: number, why: string) => string;
};

/** A file that whole lines are appended to, in the background and in batches. */
export type RotatingFile = {
  /** Takes whole lines. False: no more before there is room. */
  append(lines: string): boolean;
  whenRoom(): Promise<void>;
  /** Everything appended up to now is on its way to the disk, or given up. */
  flushed(): Promise<void>;
  close(): Promise<void>;
};

const batchBytes = 256 * 1_024;
const retryAfterMs = [50, 200, 1_000] as const;

export function createRotatingFile(file: string, options: RotatingFileOptions = {}): RotatingFile {
  const { maxBytes = 10 * 2 ** 20, files = 5, mostWaitingBytes = 2 ** 20, lost } = options;
  const waiting: string[] = [];
  const waiters: (() => void)[] = [];
  let waitingBytes = 0;
  let handle: FileHandle | undefined;
  let size = 0;
  let lostLines = 0;
  let running: Promise<void> | undefined;

  const reopen = async (): Promise<FileHandle> => {
    await handle?.close().catch(() => undefined);
    handle = undefined;
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const opened = await open(file, "a+", 0o600);
    handle = opened;
    size = (await opened.stat()).size;
    // Whoever wrote before was killed within a line; the next one is not to be glued to it.
    if (size > 0 && !(await endsLine(opened, size))) size += (await opened.write("\n")).bytesWritten;
    return opened;
  };

  const rotate = async (): Promise<void> => {
    await rm(rotatedFile(file, files - 1), { force: true });
    for (let number = files - 2; number >= 0; number--)
      await rename(rotatedFile(file, number), rotatedFile(file, number + 1)).catch(unlessMissing);
    await reopen();
  };

  const write = async (batch: Buffer): Promise<void> => {
    // Somebody may have removed the file, or the whole folder.
    if (!handle || (await handle.stat()).nlink === 0) await reopen();
    if (size > 0 && size + batch.length > maxBytes) await rotate();
    for (let at = 0; at < batch.length;) {
      const { bytesWritten } = await (handle ?? (await reopen())).write(batch, at);
      at += bytesWritten;
      size += bytesWritten;
    }
  };

  const writeOrGiveUp = async (text: string): Promise<void> => {
    const delays = lostLines > 0 ? [] : retryAfterMs;
    for (let attempt = 0; ; attempt++) {
      try {
        if (lostLines > 0 && lost) await write(Buffer.from(lost(lostLines, "the disk did not take them"), "utf8"));
        lostLines = 0;
        await write(Buffer.from(text, "utf8"));
        return;
      } catch {
        await handle?.close().catch(() => undefined);
        handle = undefined;
        const delay = delays[attempt];
        if (delay === undefined) break;
        await sleep(delay);
      }
    }
    // A service that waits for a full disk would be worse than lines that are missing and counted.
    lostLines += text.split("\n").length - 1;
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      let bytes = 0;
      let taken = 0;
      while (taken < waiting.length && (taken === 0 || bytes + (waiting[taken]?.length ?? 0) <= Math.min(batchBytes, maxBytes)))
        bytes += waiting[taken++]?.length ?? 0;
      await writeOrGiveUp(waiting.splice(0, taken).join(""));
      waitingBytes -= bytes;
      if (waitingBytes <= mostWaitingBytes / 2) for (const wake of waiters.splice(0)) wake();
    }
    running = undefined;
  };

  const flushed = async (): Promise<void> => {
    // What is appended while the last of it is written begins another run.
    for (let run = running; run; run = running) await run;
  };

  return {
    append(lines) {
      waiting.push(lines);
      waitingBytes += lines.length;
      // One turn of the loop later, so that what is written in this one goes together.
      running ??= Promise.resolve().then(run);
      return waitingBytes <= mostWaitingBytes;
    },
    whenRoom() {
      return waitingBytes <= mostWaitingBytes ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve));
    },
    flushed,
    async close() {
      await flushed();
      await handle?.close();
      handle = undefined;
    },
  };
}

async function endsLine(handle: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
