import { chunkSamples, readChunk, writeChunk } from "./chunk.ts";
import { type Chunk, chunkAt, chunkHead, type Page, type Pages } from "./pages.ts";
import { placeOf, type Series, type Unpacked } from "./series-samples.ts";

export type Packed = { readonly page: Page; readonly offset: number; readonly chunk: Chunk };

/** Packs so many samples more of those at hand; they stay at hand too. */
export function pack(pages: Pages, series: Series, count: number): void {
  const { times, values, packed } = series;
  const page = pages.room();
  const start = page.used + chunkHead;
  const end = writeChunk(page.bytes, start, times, values, packed, packed + count);
  series.newest = pages.wrote({
    series: series.id,
    before: series.newest,
    count,
    bytes: end - start,
    firstMs: times[packed] ?? 0,
    lastMs: times[packed + count - 1] ?? 0,
  });
  series.packed += count;
}

/** The chunks that hold samples from `fromMs` on which are not at hand, the newest first. */
export function packedFrom(pages: Pages, series: Series, fromMs: number): readonly Packed[] {
  const found: Packed[] = [];
  const firstAtHand = series.length > 0 ? (series.times[0] ?? 0) : Infinity;
  for (let place = series.newest; place.page > 0;) {
    const page = pages.at(place);
    if (!page) break;
    const chunk = chunkAt(page, place.offset);
    if (chunk.lastMs < fromMs) break;
    if (chunk.count > 0 && chunk.firstMs < firstAtHand) found.push({ page, offset: place.offset, chunk });
    place = chunk.before;
  }
  return found;
}

/** What is in the chunks, and behind it what is at hand, in new arrays with room for more. */
export function unpack(series: Series, chunks: readonly Packed[]): Unpacked {
  const most = chunks.reduce((sum, { chunk }) => sum + chunk.count, series.length + chunkSamples);
  const arrays = new Float64Array(2 * most);
  const [times, values] = [arrays.subarray(0, most), arrays.subarray(most)];
  let length = 0;
  for (const { page, offset, chunk } of chunks.toReversed()) {
    readChunk(page.bytes, offset + chunkHead, chunk.count, chunk.firstMs, times, values, length);
    length += chunk.count;
  }
  // The last of them may reach into what is at hand.
  if (series.length > 0) length = placeOf(times, length, series.times[0] ?? 0);
  times.set(series.times.subarray(0, series.length), length);
  values.set(series.values.subarray(0, series.length), length);
  return { times, values, length: length + series.length };
}

/** Takes back what is newer than `lastMs`, as the clock was wrong when it came; tells how many samples. */
export function takeBack(pages: Pages, series: Series, lastMs: number): number {
  if (series.lastMs <= lastMs) return 0;
  let taken = series.length - Math.max(series.packed, placeOf(series.times, series.length, lastMs + 1));
  const split: Packed[] = [];
  for (let page = pages.at(series.newest); page; page = pages.at(series.newest)) {
    const { offset } = series.newest;
    const chunk = chunkAt(page, offset);
    if (chunk.lastMs <= lastMs && chunk.count > 0) break;
    if (chunk.firstMs <= lastMs && chunk.count > 0) split.push({ page, offset, chunk });
    taken += chunk.count;
    pages.strikeOut(series.newest);
    series.newest = chunk.before;
  }
  series.length = placeOf(series.times, series.length, lastMs + 1);
  const left = unpack(series, split);
  const length = placeOf(left.times, left.length, lastMs + 1);
  series.take({ ...left, length });
  const page = pages.at(series.newest);
  const lastPacked = page ? chunkAt(page, series.newest.offset).lastMs : -1;
  // What is left of a chunk that was struck out is packed again when its time comes.
  series.packed = placeOf(series.times, length, lastPacked + 1);
  series.lastMs = Math.max(lastPacked, length > 0 ? (series.times[length - 1] ?? -1) : -1);
  return taken - (split.length > 0 ? length - series.packed : 0);
}
