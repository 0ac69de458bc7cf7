// Reading what may be anything: from protobuf or from JSON (https://protobuf.dev/programming-guides/json/), where 64-bit numbers are
// texts and what has its default value is left out.
import { isRecord } from "../../lib/is-record.ts";
import type { Loose } from "./protobuf.ts";

export function recordOf(from: Loose, name: string): Loose {
  const value = from[name];
  return isRecord(value) ? value : {};
}

export function listOf(from: Loose, name: string): readonly Loose[] {
  const value = from[name];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function textOf(from: Loose, name: string): string {
  const value = from[name];
  return typeof value === "string" ? value : "";
}

export function numberOf(from: Loose, name: string): number | undefined {
  return asNumber(from[name]);
}

export function numbersOf(from: Loose, name: string): readonly number[] {
  const value = from[name];
  return Array.isArray(value) ? value.map((one) => asNumber(one) ?? NaN) : [];
}

/** Milliseconds of a time in nanoseconds, which is 0 where nobody knows it. */
export function msOf(from: Loose, name: string): number | undefined {
  const nanos = numberOf(from, name);
  return nanos === undefined || nanos <= 0 ? undefined : nanos / 1e6;
}

/** An id in hexadecimal digits, lower case; "" for none or one that is none. */
export function idOf(from: Loose, name: string, length: 16 | 32): string {
  const id = textOf(from, name).toLowerCase();
  return id.length === length && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id) ? id : "";
}

function asNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value === "") return undefined;
  if (value === "NaN") return NaN;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}
