// How the samples of one series are packed: times as differences of differences, values as differences of whole numbers where they
// are whole numbers or decimal fractions, else as what differs in their bits. All in whole bytes: bits would save a little and
// cost several times as long to read.
//
// 1. What comes out has the bits of what went in, also of a NaN: a stale marker is one.
// 2. A number is written seven bits a byte, the last byte below 128. Odd it is a run of zeros, even a step: four times it, or that less two below zero.

/** Each chunk holds so many samples at most. */
export const chunkSamples = 64;
/** More than this no chunk takes: a control byte and eight of value, six of time, and what stands before. */
export const mostChunkBytes = 32 + chunkSamples * 20;

/** What of a number is exact when it is written as a difference: far within 2^53 with the doublings. */
const mostWhole = 2 ** 49;
/** Times from 1970 to the year 2248. */
export const latestMs = 2 ** 43;
const scales = [1, 10, 100, 1e3, 1e4, 1e5, 1e6];
const bitsCodec = 7;

const smallToken = 2 ** 30;
const steps = new Float64Array(chunkSamples);

/** Writes samples `from` to `to`, at most `chunkSamples`, into `bytes` at `at`; gives the offset behind them. */
export function writeChunk(
  bytes: Uint8Array,
  at: number,
  times: Float64Array,
  values: Float64Array,
  from: number,
  to: number,
): number {
  let [last, before] = [times[from] ?? 0, 0];
  for (let index = from + 1; index < to; index++) {
    const time = times[index] ?? 0;
    steps[index - from - 1] = time - last - before;
    before = time - last;
    last = time;
  }
  const end = writeSteps(bytes, at, to - from - 1);
  const codec = wholeSteps(values, from, to);
  bytes[end] = codec;
  return codec === bitsCodec ? writeBits(bytes, end + 1, values, from, to) : writeSteps(bytes, end + 1, to - from);
}

/** Reads `count` samples, at most `chunkSamples`, to `to` of the arrays on; the first time is not in the chunk. */
export function readChunk(
  bytes: Uint8Array,
  at: number,
  count: number,
  firstMs: number,
  times: Float64Array,
  values: Float64Array,
  to: number,
): void {
  const end = readSteps(bytes, at, count - 1);
  let [time, step] = [firstMs, 0];
  times[to] = time;
  for (let index = 1; index < count; index++) times[to + index] = time += step += steps[index - 1] ?? 0;
  const codec = bytes[end] ?? bitsCodec;
  if (codec === bitsCodec) return readBits(bytes, end + 1, count, values, to);
  readSteps(bytes, end + 1, count);
  const scale = scales[codec] ?? 1;
  let sum = 0;
  for (let index = 0; index < count; index++) values[to + index] = (sum += steps[index] ?? 0) / scale;
}

/** The scale by which all values are whole numbers, told by its place in the list, and their differences left in `steps`. */
function wholeSteps(values: Float64Array, from: number, to: number): number {
  let codec = 0;
  for (let index = from; index < to; index++) {
    const value = values[index] ?? 0;
    // NaN, both infinities, and the zero whose sign would be lost.
    if (!(Math.abs(value) <= mostWhole) || (value === 0 && 1 / value < 0)) return bitsCodec;
    while (codec < scales.length) {
      const scale = scales[codec] ?? 1;
      if (Math.round(value * scale) / scale === value) break;
      codec += 1;
    }
    if (codec === scales.length) return bitsCodec;
  }
  const scale = scales[codec] ?? 1;
  let last = 0;
  for (let index = from; index < to; index++) {
    const value = values[index] ?? 0;
    const scaled = Math.round(value * scale);
    if (Math.abs(scaled) > mostWhole || scaled / scale !== value) return bitsCodec;
    steps[index - from] = scaled - last;
    last = scaled;
  }
  return codec;
}

// Whole numbers one after the other, most of them zero.

function writeSteps(bytes: Uint8Array, start: number, count: number): number {
  let at = start;
  let zeros = 0;
  for (let index = 0; index < count; index++) {
    const step = steps[index] ?? 0;
    if (step === 0) zeros += 1;
    else {
      if (zeros > 0) at = writeNumber(bytes, at, 2 * zeros - 1);
      zeros = 0;
      at = writeNumber(bytes, at, step < 0 ? -4 * step - 2 : 4 * step);
    }
  }
  return zeros > 0 ? writeNumber(bytes, at, 2 * zeros - 1) : at;
}

function readSteps(bytes: Uint8Array, start: number, count: number): number {
  let at = start;
  for (let index = 0; index < count;) {
    let token = bytes[at++] ?? 0;
    if (token >= 128) {
      token -= 128;
      for (let weight = 128; ; weight *= 128) {
        const byte = bytes[at++] ?? 0;
        token += (byte & 127) * weight;
        if (byte < 128) break;
      }
    }
    if (token < smallToken) {
      // Nearly all: what takes few bits is read with whole numbers of the machine.
      if ((token & 1) === 0) steps[index++] = (token & 2) === 0 ? token >> 2 : -((token + 2) >> 2);
      else for (let left = Math.min((token + 1) >> 1, count - index); left > 0; left--) steps[index++] = 0;
    } else if (token % 2 === 0) steps[index++] = token % 4 === 0 ? token / 4 : -(token + 2) / 4;
    else for (let left = count - index; left > 0; left--) steps[index++] = 0;
  }
  return at;
}

function writeNumber(bytes: Uint8Array, start: number, number: number): number {
  let at = start;
  let rest = number;
  while (rest >= 128) {
    const low = rest % 128;
    bytes[at++] = low + 128;
    rest = (rest - low) / 128;
  }
  bytes[at++] = rest;
  return at;
}

// Bits: a byte that says how many leading bytes are as before and how many follow; 0 and a number for values that are as before.

function writeBits(bytes: Uint8Array, start: number, values: Float64Array, from: number, to: number): number {
  const words = wordsOf(values);
  let at = start;
  let [lastLow, lastHigh, same] = [0, 0, 0];
  for (let index = from; index < to; index++) {
    const [low, high] = [words[2 * index] ?? 0, words[2 * index + 1] ?? 0];
    if (low === lastLow && high === lastHigh) {
      same += 1;
      continue;
    }
    if (same > 0) at = writeSame(bytes, at, same);
    same = 0;
    const [differsHigh, differsLow] = [(high ^ lastHigh) >>> 0, (low ^ lastLow) >>> 0];
    const skipped = differsHigh === 0 ? 4 + (Math.clz32(differsLow) >> 3) : Math.clz32(differsHigh) >> 3;
    const cut = differsLow === 0 ? 4 + (trailing(differsHigh) >> 3) : trailing(differsLow) >> 3;
    bytes[at++] = skipped * 16 + (8 - skipped - cut);
    for (let byte = skipped; byte < 8 - cut; byte++)
      bytes[at++] = byte < 4 ? differsHigh >>> (24 - 8 * byte) : differsLow >>> (56 - 8 * byte);
    [lastLow, lastHigh] = [low, high];
  }
  return same > 0 ? writeSame(bytes, at, same) : at;
}

function writeSame(bytes: Uint8Array, at: number, same: number): number {
  bytes[at] = 0;
  bytes[at + 1] = same;
  return at + 2;
}

function readBits(bytes: Uint8Array, start: number, count: number, values: Float64Array, to: number): void {
  const words = wordsOf(values);
  let at = start;
  let [low, high] = [0, 0];
  for (let index = 0; index < count;) {
    const control = bytes[at++] ?? 0;
    let times = 1;
    if (control === 0) times = Math.max(1, bytes[at++] ?? 1);
    else {
      const skipped = control >> 4;
      const until = skipped + (control & 15);
      for (let byte = skipped; byte < until; byte++) {
        const one = bytes[at++] ?? 0;
        if (byte < 4) high ^= one << (24 - 8 * byte);
        else low ^= one << (56 - 8 * byte);
      }
    }
    for (let left = Math.min(times, count - index); left > 0; left--, index++) {
      words[2 * (to + index)] = low;
      words[2 * (to + index) + 1] = high;
    }
  }
}

function trailing(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** The two halves of each number's bits, the lower first: so it is on every machine that Node runs on. */
export function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}
