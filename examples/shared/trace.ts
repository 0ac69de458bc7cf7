// W3C trace context (https://www.w3.org/TR/trace-context/) and baggage (https://www.w3.org/TR/baggage/), as far as a service needs them.
import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";

export type Trace = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly flags: string;
  /** Travels along with every call: who and what it is about. */
  readonly baggage: Map<string, string>;
};

/** What a message carries so that whoever gets it goes on in the same trace. */
export type TraceHeaders = { readonly traceparent?: string | undefined; readonly baggage?: string | undefined };

const current = new AsyncLocalStorage<Trace>();

export function currentTrace(): Trace | undefined {
  return current.getStore();
}

/** Does `work` in a new span: of the caller's trace when the headers name one, else of a new trace. */
export function inSpan<T>(headers: TraceHeaders, work: () => T): T {
  return current.run(continued(headers), work);
}

/** Who and what the work at hand is about; logged, and told to whoever is called. */
export function setBaggage(entries: Readonly<Record<string, string>>): void {
  const trace = currentTrace();
  for (const [key, value] of Object.entries(entries)) trace?.baggage.set(key, value);
}

/** What to send along with a call or a message. */
export function traceHeaders(): Record<string, string> {
  const trace = currentTrace();
  if (!trace) return {};
  const baggage = [...trace.baggage].map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join(",");
  return {
    traceparent: `00-${trace.traceId}-${trace.spanId}-${trace.flags}`,
    ...(baggage ? { baggage } : {}),
  };
}

function continued({ traceparent, baggage }: TraceHeaders): Trace {
  const spanId = randomBytes(8).toString("hex");
  const [, traceId, parentId, flags] = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(traceparent ?? "") ?? [];
  const known = traceId !== undefined && parentId !== undefined && !/^0+$/.test(traceId) && !/^0+$/.test(parentId);
  return {
    traceId: known ? traceId : randomBytes(16).toString("hex"),
    spanId,
    ...(known ? { parentId } : {}),
    flags: known ? (flags ?? "01") : "01",
    baggage: parseBaggage(baggage),
  };
}

function parseBaggage(text = ""): Map<string, string> {
  const entries = new Map<string, string>();
  for (const [, key = "", value = ""] of text.slice(0, 8_192).matchAll(/([\w.-]+)\s*=\s*([^,;\s]*)/g)) {
    try {
      entries.set(key, decodeURIComponent(value));
    } catch {
      // Broken escapes: somebody else's baggage, left behind.
    }
  }
  return entries;
}
