import type { Labels } from "../series.ts";

/** The same labels give the same fingerprint, in whatever order and in whatever process: 16 hexadecimal digits of FNV-1a. */
export function fingerprintOf(labels: Labels): string {
  let hash = 0xcbf29ce484222325n;
  const bytes = new TextEncoder().encode(
    Object.keys(labels)
      .toSorted()
      .map((name) => `${name}\u00ff${labels[name] ?? ""}\u00ff`)
      .join(""),
  );
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}
