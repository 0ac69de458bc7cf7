import { setTimeout as sleep } from "node:timers/promises";
import type { LogLine } from "../wire/log-line.ts";
import { keptLines, type LineFilter } from "./kept-line.ts";
import { historyOf, lastOf, type LogOptions, merged } from "./log-files.ts";
import { logFile, logsFor } from "./log-folder.ts";
import { closeSeries, type OpenLog, openSeries, wholeLines } from "./log-series.ts";

/**
 * The lines of an environment's services as they are written, those of services that come later too, until the signal. Begins
 * with those that `since` and `limit` ask for; without either with what is written from now on. Each line comes once.
 *
 * The files are looked at several times a second: that works on every file system, and over any number of rotations.
 */
export async function* followLogs(
  folder: string,
  options: LogOptions & { readonly everyMs?: number },
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const { environment, everyMs = 150 } = options;
  const cursors = new Map<string, Cursor>();
  let first = true;
  try {
    while (!signal.aborted) {
      for (const name of await logsFor(folder, options))
        if (!cursors.has(name)) cursors.set(name, createCursor(logFile(folder, environment, name)));
      const each: (readonly LogLine[])[] = [];
      for (const cursor of cursors.values()) each.push(first ? await cursor.begin(options) : await cursor.next(options));
      const lines = merged(each);
      for (const line of first && options.limit !== undefined ? lastOf(lines, options.limit) : lines) {
        if (signal.aborted) return;
        yield line;
      }
      first = false;
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    for (const cursor of cursors.values()) await cursor.close();
  }
}

type Cursor = {
  /** What was there before, and from here on the rest. */
  begin(options: LogOptions): Promise<readonly LogLine[]>;
  next(filter: LineFilter): Promise<readonly LogLine[]>;
  close(): Promise<void>;
};

/** A place in a log that stays with its file when that is renamed, and goes on to those that came after it. */
function createCursor(file: string): Cursor {
  let at: { log: OpenLog; offset: number } | undefined;
  /** Files that were read to their end, or were older than what was asked for. */
  const done = new Set<string>();

  const rest = async (filter: LineFilter): Promise<readonly LogLine[]> => {
    if (!at) return [];
    // Somebody emptied it.
    if ((await at.log.handle.stat()).size < at.offset) at.offset = 0;
    const lines: LogLine[] = [];
    for await (const { text, end } of wholeLines(at.log.handle, at.offset)) {
      lines.push(...keptLines(text, filter));
      at.offset = end;
    }
    return lines;
  };

  const leave = async (): Promise<void> => {
    if (at) {
      done.add(at.log.id);
      await at.log.handle.close();
    }
    at = undefined;
  };

  return {
    async begin(options) {
      const [newest, ...older] = await openSeries(file);
      if (!newest) return [];
      const asked = options.limit !== undefined || options.since !== undefined;
      const lines = asked ? await historyOf([newest, ...older], options) : [];
      for (const one of older) done.add(one.id);
      await closeSeries(older);
      at = { log: newest, offset: 0 };
      for await (const { end } of wholeLines(newest.handle, 0, newest.size)) at.offset = end;
      return lines;
    },

    async next(filter) {
      const newer = await openSeries(file, (id) => id === at?.log.id || done.has(id));
      if (newer.length === 0) return rest(filter);
      // Nobody writes into the one at hand any more: it is read to its end before the next.
      const lines = [...(await rest(filter))];
      await leave();
      for (const log of newer.toReversed()) {
        await leave();
        at = { log, offset: 0 };
        lines.push(...(await rest(filter)));
      }
      return lines;
    },

    close: leave,
  };
}
