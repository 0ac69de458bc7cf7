import type { LogLine } from "../wire/log-line.ts";
import { keptLines, type LineFilter } from "./kept-line.ts";
import { type OpenLog, wholeLines } from "./log-series.ts";

export type LogOptions = LineFilter & {
  readonly environment: string;
  /** The last so many lines. */
  readonly limit?: number;
};

/** Of one service, from the newest file back, and no further than is asked for. */
export async function historyOf(
  series: readonly OpenLog[],
  filter: LineFilter & { readonly limit?: number },
): Promise<readonly LogLine[]> {
  const { limit, since } = filter;
  let lines: readonly LogLine[] = [];
  for (const file of series) {
    if ((limit !== undefined && lines.length >= limit) || (since && file.changedMs < since.getTime())) break;
    const older: LogLine[] = [];
    for await (const { text } of wholeLines(file.handle, 0, file.size)) {
      older.push(...keptLines(text, filter));
      if (limit !== undefined && older.length > limit) older.splice(0, older.length - limit);
    }
    lines = lastOf([...older, ...lines], limit);
  }
  return lines;
}

/** Lines of several services in the order of time; those of one moment stay in the order in which they were written. */
export function merged(each: readonly (readonly LogLine[])[]): readonly LogLine[] {
  const lines = each.flat();
  return each.length < 2
    ? lines
    : lines.toSorted((left, right) => (left.time < right.time ? -1 : left.time > right.time ? 1 : 0));
}

export function lastOf(lines: readonly LogLine[], limit: number | undefined): readonly LogLine[] {
  return limit === undefined ? lines : lines.slice(Math.max(0, lines.length - limit));
}
