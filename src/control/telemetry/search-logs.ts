import { atLeast, type Level, levelOfLine } from "../../signals/logs/level.ts";
import { parseKeptLine } from "../../system/kept-line.ts";
import { logFile, logsFor } from "../../system/log-folder.ts";
import { closeSeries, openSeries } from "../../system/log-series.ts";
import type { LogLine } from "../../wire/log-line.ts";
import { linesWith } from "./lines-with.ts";

// What services printed and what the gateway took lies on the disk already, a JSON document a line, at most some 60 MB a service. It is
// searched there, in about 0.3 ms a megabyte by trace or text: a second copy in columns would be quicker still, and cost as much again.

export type LogQuery = {
  readonly environment: string;
  readonly service?: string;
  /** The requests that the gateway took, too. */
  readonly requests?: boolean;
  readonly traceId?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** This level or above. A line that says none is as bad as where it was written: on the error stream it is an error. */
  readonly level?: Level;
  /** Stands in the line, upper and lower case as written. */
  readonly text?: string;
  /** The newest so many. */
  readonly limit?: number;
};

export type FoundLine = LogLine & { readonly level: Level };

/** The lines that fit, in the order of time. */
export async function searchLogs(folder: string, query: LogQuery): Promise<readonly FoundLine[]> {
  const found: FoundLine[] = [];
  for (const service of await logsFor(folder, query))
    found.push(...(await searchSeries(logFile(folder, query.environment, service), query)));
  const sorted = found.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return query.limit === undefined ? sorted : sorted.slice(Math.max(0, sorted.length - query.limit));
}

/** Of one log, from the newest file back and no further than is asked for. */
async function searchSeries(file: string, query: LogQuery): Promise<readonly FoundLine[]> {
  const { limit = Infinity, sinceMs = -Infinity } = query;
  const needle = needleOf(query);
  const fits = filterOf(query);
  const series = await openSeries(file);
  let found: readonly FoundLine[] = [];
  try {
    for (const { handle, changedMs } of series) {
      if (found.length >= limit || changedMs < sinceMs) break;
      const older: FoundLine[] = [];
      for await (const text of linesWith(handle, needle)) {
        const line = parseKeptLine(text);
        if (!line) continue;
        const one = { ...line, level: levelOf(line, text) };
        if (!fits(one, text)) continue;
        older.push(one);
        if (older.length > 2 * limit) older.splice(0, older.length - limit);
      }
      found = [...older, ...found];
    }
  } finally {
    await closeSeries(series);
  }
  return found.length > limit ? found.slice(found.length - limit) : found;
}

/** What every line that fits has in it: the rarest thing that was asked for. */
function needleOf({ traceId, text }: LogQuery): Buffer | undefined {
  const needle = traceId ?? text;
  return needle === undefined || needle === "" ? undefined : Buffer.from(asWritten(needle));
}

/** Lines lie there as JSON. */
function asWritten(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function filterOf({ service, traceId, sinceMs, untilMs, level, text }: LogQuery): (line: FoundLine, raw: string) => boolean {
  const since = sinceMs === undefined ? "" : new Date(sinceMs).toISOString();
  const until = untilMs === undefined ? "~" : new Date(untilMs).toISOString();
  const written = text === undefined ? "" : asWritten(text);
  return (line, raw) =>
    (service === undefined || line.service === service) &&
    (traceId === undefined || line.trace_id === traceId) &&
    line.time >= since &&
    line.time <= until &&
    (level === undefined || atLeast(line.level, level)) &&
    raw.includes(written);
}

function levelOf({ stream, line }: LogLine, raw: string): Level {
  if (stream === "gateway") {
    const status = Number(/"status":(\d+)/.exec(raw)?.[1] ?? 0);
    return status >= 500 || status === 0 ? "error" : status >= 400 ? "warn" : "info";
  }
  return levelOfLine(line) ?? (stream === "err" ? "error" : "info");
}
