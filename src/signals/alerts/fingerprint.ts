import { digestOf } from "../../lib/digest.ts";
import type { Labels } from "../series.ts";

/** The same labels give the same fingerprint, in whatever order and in whatever process: 16 hexadecimal digits. */
export function fingerprintOf(labels: Labels): string {
  const names = Object.keys(labels).toSorted();
  return digestOf(...names.flatMap((name) => [name, labels[name] ?? ""]));
}
