import type { Labels } from "../series.ts";

/** The same labels give the same fingerprint, in whatever order and in whatever process: 16 hexadecimal digits. */
export function fingerprintOf(labels: Labels): string {
  return digestOf(
    Object.keys(labels)
      .toSorted()
      .flatMap((name) => [name, labels[name] ?? ""]),
  );
}

/** FNV-1a twice, with different beginnings: enough to tell things apart, and no secret. */
export function digestOf(words: readonly string[]): string {
  let high = 0x811c9dc5;
  let low = 0xcbf29ce4;
  const take = (code: number) => {
    high = Math.imul(high ^ (code & 0xff), 0x01000193) ^ (code >>> 8);
    low = Math.imul(low ^ code, 0x01000193);
  };
  for (const word of words) {
    for (let at = 0; at < word.length; at++) take(word.charCodeAt(at));
    // No text has it, so that "ab", "c" is not "a", "bc".
    take(0x1ffff);
  }
  return hex(high) + hex(low);
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
