import * as fc from "fast-check";
import { expect, test } from "vitest";
import { staleBits } from "../series.ts";
import { chunkSamples, latestMs, mostChunkBytes, readChunk, wordsOf, writeChunk } from "./chunk.ts";

const stale = new Float64Array(1);
new BigUint64Array(stale.buffer)[0] = staleBits;

const gaps = fc.oneof(fc.constant(5_000), fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 2 ** 36 }));
const plain = fc.oneof(
  fc.constant(0),
  fc.integer({ min: -1_000, max: 1_000 }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((whole) => whole / 1_000),
  fc.double(),
  fc.constantFrom(-0, 2 ** 53, -(2 ** 49), Number.MIN_VALUE, Number.MAX_VALUE, 0.1 + 0.2, NaN, Infinity, -Infinity),
);
const kinds = fc.oneof(
  fc.array(plain, { minLength: 1, maxLength: chunkSamples }),
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: chunkSamples }),
  fc.array(fc.double(), { minLength: 1, maxLength: chunkSamples }),
);

test("what is read from a chunk has the bits of what was written, and stays within the most that a chunk takes", () => {
  fc.assert(
    fc.property(
      kinds,
      fc.array(gaps, { minLength: chunkSamples }),
      fc.integer({ min: 0, max: chunkSamples }),
      (list, steps, at) => {
        const values = Float64Array.from(list);
        if (at < list.length) values.set(stale, at);
        let time = 1_700_000_000_000;
        const times = Float64Array.from(list, (_, index) => (time += steps[index] ?? 1));
        fc.pre(time < latestMs);
        const bytes = new Uint8Array(mostChunkBytes);
        const end = writeChunk(bytes, 3, times, values, 0, list.length);
        expect(end).toBeLessThanOrEqual(mostChunkBytes);
        const [readTimes, readValues] = [new Float64Array(list.length + 1), new Float64Array(list.length + 1)];
        readChunk(bytes.subarray(0, end), 3, list.length, times[0] ?? 0, readTimes, readValues, 1);
        expect(readTimes.subarray(1)).toEqual(times);
        expect(wordsOf(readValues).subarray(2)).toEqual(wordsOf(values));
      },
    ),
    { numRuns: 500 },
  );
});

test("whatever the bytes are, reading them comes to an end and writes no further than it was told to", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: chunkSamples }), (bytes, count) => {
      const [times, values] = [new Float64Array(count + 1).fill(7), new Float64Array(count + 1).fill(7)];
      readChunk(bytes, 0, count, 1, times, values, 0);
      expect([times[count], values[count]]).toEqual([7, 7]);
    }),
  );
});

test.each([
  ["a counter that goes up by about the same", (n: number) => 1_000_000 + n * 500 + (n % 7), 2.5],
  ["one that stands still", () => 42, 0.2],
  ["a gauge of cents", (n: number) => Math.round(1_000 * Math.sin(n / 9)) / 100, 3],
])("%s takes few bytes", (_, value, most) => {
  const times = Float64Array.from({ length: chunkSamples }, (__, n) => 1_700_000_000_000 + n * 5_000);
  const values = Float64Array.from({ length: chunkSamples }, (__, n) => value(n));
  expect(writeChunk(new Uint8Array(mostChunkBytes), 0, times, values, 0, chunkSamples) / chunkSamples).toBeLessThan(most);
});
