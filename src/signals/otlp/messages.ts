// The messages of OTLP 1.x (https://github.com/open-telemetry/opentelemetry-proto) as far as they are read here. Their fields never
// change their numbers; new ones are skipped.
import type { Field, Kind, Message } from "./protobuf.ts";

const one = (name: string, kind: Field["kind"]): Field => ({ name, kind });
const many = (name: string, kind: Field["kind"]): Field => ({ name, kind, many: true });
const enumeration: Kind = "int64";

const anyValue: Message = {
  1: one("stringValue", "text"),
  2: one("boolValue", "bool"),
  3: one("intValue", "int64"),
  4: one("doubleValue", "double"),
  5: one("arrayValue", () => ({ 1: many("values", () => anyValue) })),
  6: one("kvlistValue", () => ({ 1: many("values", () => keyValue) })),
  7: one("bytesValue", "bytes"),
};
const keyValue: Message = { 1: one("key", "text"), 2: one("value", () => anyValue) };
const attributes = many("attributes", () => keyValue);
const resource = one("resource", () => ({ 1: attributes }));
const scope = one("scope", () => ({ 1: one("name", "text"), 2: one("version", "text") }));

const event: Message = { 1: one("timeUnixNano", "fixed64"), 2: one("name", "text"), 3: attributes };
const span: Message = {
  1: one("traceId", "hex"),
  2: one("spanId", "hex"),
  4: one("parentSpanId", "hex"),
  5: one("name", "text"),
  6: one("kind", enumeration),
  7: one("startTimeUnixNano", "fixed64"),
  8: one("endTimeUnixNano", "fixed64"),
  9: attributes,
  11: many("events", () => event),
  15: one("status", () => ({ 2: one("message", "text"), 3: one("code", enumeration) })),
  16: one("flags", "fixed32"),
};
export const traceRequest: Message = {
  1: many("resourceSpans", () => ({ 1: resource, 2: many("scopeSpans", () => ({ 1: scope, 2: many("spans", () => span) })) })),
};

const logRecord: Message = {
  1: one("timeUnixNano", "fixed64"),
  2: one("severityNumber", enumeration),
  3: one("severityText", "text"),
  5: one("body", () => anyValue),
  6: attributes,
  8: one("flags", "fixed32"),
  9: one("traceId", "hex"),
  10: one("spanId", "hex"),
  11: one("observedTimeUnixNano", "fixed64"),
};
export const logRequest: Message = {
  1: many("resourceLogs", () => ({
    1: resource,
    2: many("scopeLogs", () => ({ 1: scope, 2: many("logRecords", () => logRecord) })),
  })),
};

const numberPoint: Message = {
  2: one("startTimeUnixNano", "fixed64"),
  3: one("timeUnixNano", "fixed64"),
  4: one("asDouble", "double"),
  6: one("asInt", "sfixed64"),
  7: attributes,
  8: one("flags", "int64"),
};
const histogramPoint: Message = {
  2: one("startTimeUnixNano", "fixed64"),
  3: one("timeUnixNano", "fixed64"),
  4: one("count", "fixed64"),
  5: one("sum", "double"),
  6: many("bucketCounts", "fixed64"),
  7: many("explicitBounds", "double"),
  9: attributes,
  10: one("flags", "int64"),
};
const summaryPoint: Message = {
  2: one("startTimeUnixNano", "fixed64"),
  3: one("timeUnixNano", "fixed64"),
  4: one("count", "fixed64"),
  5: one("sum", "double"),
  6: many("quantileValues", () => ({ 1: one("quantile", "double"), 2: one("value", "double") })),
  7: attributes,
  8: one("flags", "int64"),
};
const points = (point: Message, ...more: readonly [number, Field][]): (() => Message) => {
  const message: Message = { 1: many("dataPoints", () => point), ...Object.fromEntries(more) };
  return () => message;
};
const temporality: [number, Field] = [2, one("aggregationTemporality", enumeration)];
const metric: Message = {
  1: one("name", "text"),
  3: one("unit", "text"),
  5: one("gauge", points(numberPoint)),
  7: one("sum", points(numberPoint, temporality, [3, one("isMonotonic", "bool")])),
  9: one("histogram", points(histogramPoint, temporality)),
  // Counted, so that whoever sends them is told how many were not taken.
  10: one("exponentialHistogram", points({})),
  11: one("summary", points(summaryPoint)),
};
export const metricsRequest: Message = {
  1: many("resourceMetrics", () => ({
    1: resource,
    2: many("scopeMetrics", () => ({ 1: scope, 2: many("metrics", () => metric) })),
  })),
};
