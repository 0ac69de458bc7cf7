import { type FileHandle, open } from "node:fs/promises";
import { mostRotated, rotatedFile } from "./log-folder.ts";

/** A file of a log, held open: it stays the same one however often it is renamed. */
export type OpenLog = { readonly handle: FileHandle; readonly id: string; readonly size: number; readonly changedMs: number };

/**
 * The files of a log, the newest first. Opened in that order, so that a rotation in between shows the same file twice, which is
 * noticed, and hides none. Ends before the file that `until` says has been met.
 */
export async function openSeries(file: string, until: (id: string) => boolean = () => false): Promise<readonly OpenLog[]> {
  const series: OpenLog[] = [];
  try {
    for (let number = 0; number <= mostRotated; number++) {
      const opened = await openLog(rotatedFile(file, number));
      // The first may be missing for a moment, while it is rotated.
      if (!opened && number > 0) break;
      if (!opened) continue;
      const met = until(opened.id);
      if (met || series.some((one) => one.id === opened.id)) await opened.handle.close();
      else series.push(opened);
      if (met) break;
    }
  } catch (error) {
    await closeSeries(series);
    throw error;
  }
  return series;
}

export async function closeSeries(series: readonly OpenLog[]): Promise<void> {
  await Promise.all(series.map((one) => one.handle.close()));
}

async function openLog(file: string): Promise<OpenLog | undefined> {
  let handle;
  try {
    handle = await open(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { ino, birthtimeMs, size, mtimeMs } = await handle.stat();
    // The number of a file that is gone is used again, often at once.
    return { handle, id: `${ino}@${birthtimeMs}`, size, changedMs: mtimeMs };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const chunkBytes = 1 << 20;

/** The whole lines of a file from an offset on, in chunks, each with the offset behind it. Half a line at the end is left for later. */
export async function* wholeLines(
  handle: FileHandle,
  from: number,
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<{ readonly text: string; readonly end: number }> {
  let offset = from;
  let rest = Buffer.alloc(0);
  for (;;) {
    const wanted = Math.min(chunkBytes, to - offset - rest.length);
    if (wanted <= 0) return;
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, offset + rest.length);
    if (bytesRead === 0) return;
    const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end > 0) yield { text: bytes.toString("utf8", 0, end), end: offset + end };
    rest = bytes.subarray(end);
    offset += end;
  }
}
