// xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), seeded by SplitMix32: 128 bits of state, a
// period of 2^128 − 1, nothing but whole numbers of 32 bits, so that every machine draws the same.

export type Generator = {
  /** A whole number of 32 bits. */
  readonly bits: () => number;
  /** Above 0 and below 1, in steps of 2^-53. */
  readonly uniform: () => number;
};

/** Numbers of their own for each run and each purpose: what is drawn for one changes nothing of another. */
export function createGenerator(seed: number, ...about: readonly number[]): Generator {
  let mixed = splitMix(fold(seed));
  for (const part of about) mixed = splitMix((mixed ^ fold(part)) + 0x9e3779b9);
  return xoshiro128([splitMix(mixed + 1), splitMix(mixed + 2), splitMix(mixed + 3), splitMix(mixed + 4)]);
}

/** From a state of four whole numbers of 32 bits, not all of them 0. */
export function xoshiro128(state: readonly [number, number, number, number]): Generator {
  let [a, b, c, d] = state;
  // Where all are 0 it would stay so.
  if ((a | b | c | d) === 0) a = 1;
  const bits = (): number => {
    const five = Math.imul(b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
  return { bits, uniform: () => ((bits() >>> 5) * 67_108_864 + (bits() >>> 6) + 0.5) / 9_007_199_254_740_992 };
}

/** A seed may be any whole number that a double holds. */
function fold(seed: number): number {
  const high = Math.floor(seed / 4_294_967_296);
  return high === 0 ? seed | 0 : splitMix(high) ^ seed;
}

function splitMix(state: number): number {
  let z = (state + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}
