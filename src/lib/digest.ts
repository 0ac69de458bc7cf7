const utf8 = new TextEncoder();

/**
 * A short fingerprint of words (FNV-1a, 64 bits, as 16 hexadecimal digits): tells things apart, names them, and withstands no attacker.
 * "ab", "c" is not "a", "bc".
 */
export function digestOf(...words: readonly string[]): string {
  let [high, low] = [0xcbf29ce4, 0x84222325];
  const take = (byte: number) => {
    // Times 2^40 + 435, in halves: neither product leaves what a number holds exactly.
    const factor = (low ^ byte) >>> 0;
    const product = factor * 435;
    high = (high * 435 + factor * 256 + Math.floor(product / 2 ** 32)) >>> 0;
    low = product >>> 0;
  };
  for (const [index, word] of words.entries()) {
    // No text has this byte.
    if (index > 0) take(0xff);
    for (const byte of utf8.encode(word)) take(byte);
  }
  return hex(high) + hex(low);
}

function hex(half: number): string {
  return half.toString(16).padStart(8, "0");
}
