import { isWorthZipping, zippedOf } from "../gzip.ts";

const encoder = new TextEncoder();

type Bytes = Uint8Array<ArrayBuffer>;
type Written = { bytes?: Bytes; zipped?: Promise<Bytes> };

const kept = new WeakMap<object, Written>();

/** Says of an answer that several get it and nobody changes it: it is written once, and what was written goes with it. */
export function shared<T extends object>(answer: T): T {
  kept.set(answer, {});
  return answer;
}

/** As JSON. */
export function writtenOf(value: unknown): Bytes {
  const own = keptOf(value);
  if (own?.bytes !== undefined) return own.bytes;
  const bytes = encoder.encode(JSON.stringify(value ?? null));
  if (own !== undefined) own.bytes = bytes;
  return bytes;
}

/** The same, packed: where several get it, and it is worth it. */
export function packedOf(value: unknown): Promise<Bytes> | undefined {
  const own = keptOf(value);
  if (own === undefined || !isWorthZipping(writtenOf(value))) return undefined;
  return (own.zipped ??= zippedOf(writtenOf(value), "often"));
}

function keptOf(value: unknown): Written | undefined {
  return typeof value === "object" && value !== null ? kept.get(value) : undefined;
}
