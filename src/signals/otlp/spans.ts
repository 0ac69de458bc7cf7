import { type Attributes, attributesOf, type Sender, senderOf } from "./attributes.ts";
import { idOf, listOf, msOf, numberOf, recordOf, textOf } from "./loose.ts";
import type { Loose } from "./protobuf.ts";

export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer";

export type SpanRecord = Sender & {
  readonly traceId: string;
  readonly spanId: string;
  /** "" for the first of its trace. */
  readonly parentId: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
  readonly message: string;
  readonly attributes: Attributes;
  readonly events: readonly { readonly timeMs: number; readonly name: string; readonly attributes: Attributes }[];
};

export type Taken<T> = { readonly records: readonly T[]; readonly rejected: number; readonly reason?: string };

const kinds: readonly SpanKind[] = ["internal", "internal", "server", "client", "producer", "consumer"];
const mostEvents = 32;
const mostName = 300;

export function spansOf(request: Loose, baggage: readonly string[] = []): Taken<SpanRecord> {
  const records: SpanRecord[] = [];
  let rejected = 0;
  for (const resource of listOf(request, "resourceSpans")) {
    const sender = senderOf(attributesOf(recordOf(resource, "resource")));
    for (const scope of listOf(resource, "scopeSpans"))
      for (const span of listOf(scope, "spans")) {
        const record = spanOf(span, sender, baggage);
        if (record) records.push(record);
        else rejected += 1;
      }
  }
  return { records, rejected, ...(rejected > 0 ? { reason: "a span has a trace id, a span id and a beginning" } : {}) };
}

function spanOf(span: Loose, sender: Sender, baggage: readonly string[]): SpanRecord | undefined {
  const traceId = idOf(span, "traceId", 32);
  const spanId = idOf(span, "spanId", 16);
  const startMs = msOf(span, "startTimeUnixNano");
  if (traceId === "" || spanId === "" || startMs === undefined) return undefined;
  const status = recordOf(span, "status");
  const { service, revision, replica } = sender;
  // Written out: to spread one object into another this large takes V8 ten times as long as all the rest.
  return {
    service,
    revision,
    replica,
    traceId,
    spanId,
    parentId: idOf(span, "parentSpanId", 16),
    name: textOf(span, "name").slice(0, mostName),
    kind: kinds[numberOf(span, "kind") ?? 0] ?? "internal",
    startMs,
    durationMs: Math.max(0, (msOf(span, "endTimeUnixNano") ?? startMs) - startMs),
    failed: numberOf(status, "code") === 2,
    message: textOf(status, "message").slice(0, mostName),
    attributes: attributesOf(span, baggage),
    events: listOf(span, "events")
      .slice(0, mostEvents)
      .map((event) => ({
        timeMs: msOf(event, "timeUnixNano") ?? startMs,
        name: textOf(event, "name").slice(0, mostName),
        attributes: attributesOf(event),
      })),
  };
}
