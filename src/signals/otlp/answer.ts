/** What whoever sent something is told: how much of it was not taken, and why. */
export type PartialSuccess = { readonly rejected: number; readonly reason: string };

export type Signal = "traces" | "logs" | "metrics";

const names = { traces: "rejectedSpans", logs: "rejectedLogRecords", metrics: "rejectedDataPoints" } as const;

export function jsonAnswer(signal: Signal, partial: PartialSuccess | undefined): string {
  if (!partial) return "{}";
  // 64-bit numbers are texts in protobuf's JSON.
  return JSON.stringify({ partialSuccess: { [names[signal]]: String(partial.rejected), errorMessage: partial.reason } });
}

/** `{ partial_success (1): { rejected (1): int64, error_message (2): string } }` */
export function protobufAnswer(partial: PartialSuccess | undefined): Uint8Array {
  if (!partial) return new Uint8Array(0);
  const reason = new TextEncoder().encode(partial.reason.slice(0, 1_000));
  const inner = [0x08, ...varint(partial.rejected), 0x12, ...varint(reason.length), ...reason];
  return Uint8Array.from([0x0a, ...varint(inner.length), ...inner]);
}

/** `google.rpc.Status` with a message, as refusals are answered. */
export function protobufStatus(message: string): Uint8Array {
  const text = new TextEncoder().encode(message.slice(0, 1_000));
  return Uint8Array.from([0x12, ...varint(text.length), ...text]);
}

function varint(number: number): number[] {
  const bytes: number[] = [];
  for (let rest = number; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}
