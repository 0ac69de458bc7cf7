import { isRecord } from "../../lib/is-record.ts";
import type { RecordStore } from "../../signals/logs/record-store.ts";
import type { LogRecord } from "../../signals/otlp/log-records.ts";
import type { SpanRecord } from "../../signals/otlp/spans.ts";
import { logOfStored, spanOfStored } from "../../signals/otlp/stored.ts";
import { logFile, requestLog } from "../../system/log-folder.ts";
import { closeSeries, openSeries } from "../../system/log-series.ts";
import { linesWith } from "./lines-with.ts";
import { type FoundLine, searchLogs } from "./search-logs.ts";

/** All there is of one trace, each list in the order of time. */
export type Trace = {
  /** What services sent, and the gateway's own of each request that came through it. */
  readonly spans: readonly SpanRecord[];
  /** What services printed. */
  readonly lines: readonly FoundLine[];
  /** Lines that services sent. */
  readonly sent: readonly LogRecord[];
};

export async function findTrace(
  traceId: string,
  from: { readonly logFolder: string; readonly environment: string; readonly spans?: RecordStore; readonly logs?: RecordStore },
): Promise<Trace> {
  const { logFolder, environment } = from;
  const sent = from.spans?.search({ traceId }).map(spanOfStored) ?? [];
  const spans = [...(await gatewaySpans(logFolder, environment, traceId)), ...sent];
  return {
    spans: spans.toSorted((a, b) => a.startMs - b.startMs),
    lines: await searchLogs(logFolder, { environment, traceId }),
    sent: from.logs?.search({ traceId }).map(logOfStored) ?? [],
  };
}

/** The gateway writes a line for each request, which is its span: nothing is kept twice. */
async function gatewaySpans(folder: string, environment: string, traceId: string): Promise<readonly SpanRecord[]> {
  const found: SpanRecord[] = [];
  const series = await openSeries(logFile(folder, environment, requestLog));
  try {
    for (const { handle } of series)
      for await (const text of linesWith(handle, Buffer.from(traceId))) {
        const span = spanOfLine(text);
        if (span?.traceId === traceId) found.push(span);
      }
  } finally {
    await closeSeries(series);
  }
  return found;
}

function spanOfLine(text: string): SpanRecord | undefined {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(line)) return undefined;
  const word = (name: string) => (typeof line[name] === "string" ? line[name] : "");
  const number = (name: string) => (typeof line[name] === "number" ? line[name] : 0);
  const durationMs = number("durationMs");
  const status = number("status");
  return {
    traceId: word("trace_id"),
    spanId: word("span_id"),
    parentId: "",
    service: "gateway",
    revision: "",
    replica: "",
    name: `${word("method")} ${word("path")}`,
    kind: "server",
    // The line is written when the request is over.
    startMs: Date.parse(word("time")) - durationMs,
    durationMs,
    failed: status >= 500 || status === 0,
    message: word("fault"),
    attributes: { service: word("service"), revision: word("revision"), replica: word("replica"), host: word("host"), status },
    events: [],
  };
}
