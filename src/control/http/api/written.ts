const encoder = new TextEncoder();
const kept = new WeakMap<object, Uint8Array<ArrayBuffer> | undefined>();

/** Says of an answer that several get it and nobody changes it: it is written once, and what was written goes with it. */
export function shared<T extends object>(answer: T): T {
  kept.set(answer, undefined);
  return answer;
}

/** As JSON. */
export function writtenOf(value: unknown): Uint8Array<ArrayBuffer> {
  const isShared = typeof value === "object" && value !== null && kept.has(value);
  const before = isShared ? kept.get(value) : undefined;
  if (before !== undefined) return before;
  const bytes = encoder.encode(JSON.stringify(value ?? null));
  if (isShared) kept.set(value, bytes);
  return bytes;
}
