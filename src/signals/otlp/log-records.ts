import { type Attributes, attributesOf, bodyOf, type Sender, senderOf } from "./attributes.ts";
import { idOf, listOf, msOf, numberOf, recordOf, textOf } from "./loose.ts";
import type { Loose } from "./protobuf.ts";
import type { Taken } from "./spans.ts";
import { type Level, levelOfNumber, levelOfWord } from "../logs/level.ts";

export type LogRecord = Sender & {
  readonly timeMs: number;
  readonly level: Level;
  readonly body: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
};

const mostBody = 65_536;

/** `nowMs` is the time of what says none. */
export function logRecordsOf(request: Loose, nowMs: number, baggage: readonly string[] = []): Taken<LogRecord> {
  const records: LogRecord[] = [];
  for (const resource of listOf(request, "resourceLogs")) {
    const { service, revision, replica } = senderOf(attributesOf(recordOf(resource, "resource")));
    for (const scope of listOf(resource, "scopeLogs"))
      for (const record of listOf(scope, "logRecords")) {
        const number = numberOf(record, "severityNumber") ?? 0;
        records.push({
          service,
          revision,
          replica,
          timeMs: msOf(record, "timeUnixNano") ?? msOf(record, "observedTimeUnixNano") ?? nowMs,
          level: number > 0 ? levelOfNumber(number) : (levelOfWord(textOf(record, "severityText")) ?? "info"),
          body: bodyOf(recordOf(record, "body")).slice(0, mostBody),
          traceId: idOf(record, "traceId", 32),
          spanId: idOf(record, "spanId", 16),
          attributes: attributesOf(record, baggage),
        });
      }
  }
  return { records, rejected: 0 };
}
