import { createWriteStream, mkdirSync, renameSync, rmSync, statSync, type WriteStream } from "node:fs";
import path from "node:path";
import { finished } from "node:stream/promises";
import type { AccessLine } from "../../wire/traffic.ts";

export type AccessLog = {
  write(line: AccessLine): void;
  /** Lines that were left out since the disk did not keep up. */
  readonly dropped: number;
  close(): Promise<void>;
};

export type AccessLogOptions = {
  readonly file: string;
  /** A file that grew over this becomes `<file>.1`, the one before it `<file>.2`, and so on. */
  readonly maxBytes?: number;
  readonly keep?: number;
  /** What waits for the disk at most; beyond it lines are dropped and counted, since traffic goes before its log. */
  readonly bufferBytes?: number;
  readonly flushMs?: number;
};

/** One JSON document a line, written in batches. */
export function createAccessLog(options: AccessLogOptions): AccessLog {
  const { file, maxBytes = 32 * 2 ** 20, keep = 3, bufferBytes = 4 * 2 ** 20, flushMs = 200 } = options;
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  let pending: AccessLine[] = [];
  let dropped = 0;
  let toldDropped = 0;
  let size = 0;
  let failed = false;
  let stream = open();
  let closing: Promise<void> = Promise.resolve();
  const timer = setInterval(flush, flushMs);
  timer.unref();

  function open(): WriteStream {
    size = sizeOf(file);
    failed = false;
    const opened = createWriteStream(file, { flags: "a", mode: 0o600, highWaterMark: 2 ** 16 });
    // A full disk costs lines, which are counted, and never a request. The next batch tries again.
    opened.on("error", () => {
      if (opened === stream) failed = true;
    });
    return opened;
  }

  function flush(): void {
    if (pending.length === 0) return;
    if (failed) stream = open();
    const batch = pending;
    pending = [];
    if (stream.writableLength > bufferBytes) {
      dropped += batch.length;
      return;
    }
    let text = "";
    for (const line of batch) text += `${JSON.stringify(line)}\n`;
    if (dropped > toldDropped) {
      text += `${JSON.stringify({ time: new Date().toISOString(), dropped: dropped - toldDropped })}\n`;
      toldDropped = dropped;
    }
    stream.write(text, (error) => {
      if (error) dropped += batch.length;
    });
    size += Buffer.byteLength(text);
    // A stream that has not opened its file yet would open the new one.
    if (size > maxBytes && !stream.pending) rotate();
  }

  function rotate(): void {
    const old = stream;
    const before = closing;
    closing = (async () => {
      await before;
      await ended(old);
    })();
    // The old stream has the file open and goes on writing to it under its new name.
    rmSync(`${file}.${keep}`, { force: true });
    for (let age = keep - 1; age >= 0; age--) rename(age === 0 ? file : `${file}.${age}`, `${file}.${age + 1}`);
    stream = open();
  }

  return {
    get dropped() {
      return dropped;
    },
    write(line) {
      if (pending.length >= 10_000) dropped += 1;
      else if (pending.push(line) >= 512) flush();
    },
    async close() {
      clearInterval(timer);
      flush();
      await closing;
      await ended(stream);
    },
  };
}

async function ended(stream: WriteStream): Promise<void> {
  stream.end();
  // It said before that it failed.
  await finished(stream).catch(() => undefined);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function rename(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to);
}
