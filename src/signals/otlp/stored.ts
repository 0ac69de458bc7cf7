import { isRecord } from "../../lib/is-record.ts";
import { levels } from "../logs/level.ts";
import type { StoredRecord } from "../logs/record-segment.ts";
import type { Attributes } from "./attributes.ts";
import type { LogRecord } from "./log-records.ts";
import type { SpanRecord } from "./spans.ts";

// Spans and lines of logs as they are kept, and as they are told.

export function storedSpan(span: SpanRecord): StoredRecord {
  const { revision, replica, kind, message, attributes, events } = span;
  return {
    timeMs: span.startMs,
    durationMs: span.durationMs,
    traceId: span.traceId,
    spanId: span.spanId,
    parentId: span.parentId,
    service: span.service,
    name: span.name,
    level: span.failed ? 1 : 0,
    body: JSON.stringify({
      ...(revision === "" ? {} : { revision }),
      ...(replica === "" ? {} : { replica }),
      kind,
      ...(message === "" ? {} : { message }),
      ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
      ...(events.length === 0 ? {} : { events }),
    }),
  };
}

export function spanOfStored(stored: StoredRecord): SpanRecord {
  const { timeMs, durationMs, traceId, spanId, parentId, service, name, level } = stored;
  const body = bodyOf(stored);
  return {
    traceId,
    spanId,
    parentId,
    service,
    name,
    revision: text(body["revision"]),
    replica: text(body["replica"]),
    kind: (text(body["kind"]) || "internal") as SpanRecord["kind"],
    startMs: timeMs,
    durationMs,
    failed: level > 0,
    message: text(body["message"]),
    attributes: isRecord(body["attributes"]) ? (body["attributes"] as Attributes) : {},
    events: Array.isArray(body["events"]) ? (body["events"] as SpanRecord["events"]) : [],
  };
}

export function storedLog(log: LogRecord): StoredRecord {
  const { revision, replica, body, attributes } = log;
  return {
    timeMs: log.timeMs,
    durationMs: 0,
    traceId: log.traceId,
    spanId: log.spanId,
    parentId: "",
    service: log.service,
    name: "",
    level: levels.indexOf(log.level),
    body: JSON.stringify({
      body,
      ...(revision === "" ? {} : { revision }),
      ...(replica === "" ? {} : { replica }),
      ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    }),
  };
}

export function logOfStored(stored: StoredRecord): LogRecord {
  const { timeMs, traceId, spanId, service, level } = stored;
  const body = bodyOf(stored);
  return {
    timeMs,
    traceId,
    spanId,
    service,
    level: levels[level] ?? "info",
    revision: text(body["revision"]),
    replica: text(body["replica"]),
    body: text(body["body"]),
    attributes: isRecord(body["attributes"]) ? (body["attributes"] as Attributes) : {},
  };
}

function bodyOf({ body }: StoredRecord): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(body);
  return isRecord(value) ? value : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
