// W3C trace context, https://www.w3.org/TR/trace-context/: a trace is passed on with a span of the gateway's own, or begun.
import { randomFillSync } from "node:crypto";

export type TraceContext = { readonly traceId: string; readonly spanId: string; readonly flags: string };

const shape = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const noTrace = "0".repeat(32);
const noSpan = "0".repeat(16);

/** The trace that a request belongs to; nothing when what it says is malformed. */
export function parseTraceparent(header: string): TraceContext | undefined {
  const found = shape.exec(header);
  if (!found) return undefined;
  const [, version = "", traceId = "", spanId = "", flags = "", more] = found;
  if (version === "ff" || traceId === noTrace || spanId === noSpan) return undefined;
  // Version 00 has nothing after its flags; a later one may.
  if (version === "00" && more !== undefined) return undefined;
  return { traceId, spanId, flags };
}

// Randomness is drawn a few thousand bytes at a time: a call for each request would cost more than the rest of the trace.
const pool = Buffer.alloc(6_144);
let digits = "";
let at = 0;

/** So many hex digits, not all of them zero. */
export function randomHex(length: number): string {
  if (at + length > digits.length) {
    digits = randomFillSync(pool).toString("hex");
    at = 0;
  }
  const drawn = digits.slice(at, at + length);
  at += length;
  return /[^0]/.test(drawn) ? drawn : randomHex(length);
}
