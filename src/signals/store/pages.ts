// Where packed chunks lie: in pages that are filled one after the other, whatever series they are of. A page holds what was packed at
// about the same time, so what is too old goes a page at a time and nobody looks for it in the series.
//
// 1. A chunk never moves and a full page never changes, but that chunks in it may be struck out (their count becomes 0).
// 2. Each chunk knows the one before it of its series. Where that is in a page that is gone, the series begins there.
import { chunkSamples, latestMs, mostChunkBytes } from "./chunk.ts";

const mostPageBytes = 1 << 20;
/** What stands before a chunk: series, the place of the one before it, count, bytes, first and last time. */
export const chunkHead = 32;
const smallestPage = 1 << 14;

/** Where a chunk is. Page numbers begin at 1; 0 is no chunk. */
export type Place = { readonly page: number; readonly offset: number };

export type Chunk = {
  readonly series: number;
  readonly before: Place;
  readonly count: number;
  readonly bytes: number;
  readonly firstMs: number;
  readonly lastMs: number;
};

export class Page {
  readonly number: number;
  bytes = new Uint8Array(0);
  view = new DataView(this.bytes.buffer);
  used = 0;
  samples = 0;
  lastMs = 0;
  full = false;
  /** Goes up when something in it was struck out after it was full. */
  changes = 0;

  private readonly most: number;

  constructor(number: number, most = mostPageBytes) {
    this.number = number;
    this.most = most;
  }

  /** Makes room for so many bytes more; false where the page is full. */
  reserve(bytes: number): boolean {
    const wanted = this.used + bytes;
    if (wanted > this.most) return false;
    if (wanted <= this.bytes.length) return true;
    const larger = new Uint8Array(Math.min(this.most, Math.max(wanted, smallestPage, this.bytes.length * 2)));
    larger.set(this.bytes.subarray(0, this.used));
    this.take(larger);
    return true;
  }

  private take(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  /** No more comes to it: what it does not use is given back. */
  close(): void {
    this.full = true;
    if (this.used < this.bytes.length) this.take(this.bytes.slice(0, this.used));
  }
}

export function chunkAt({ view }: Page, offset: number): Chunk {
  return {
    series: view.getUint32(offset, true),
    before: { page: view.getUint32(offset + 4, true), offset: view.getUint32(offset + 8, true) },
    count: view.getUint16(offset + 12, true),
    bytes: view.getUint16(offset + 14, true),
    firstMs: view.getFloat64(offset + 16, true),
    lastMs: view.getFloat64(offset + 24, true),
  };
}

export function writeHead({ view }: Page, offset: number, chunk: Chunk): void {
  view.setUint32(offset, chunk.series, true);
  view.setUint32(offset + 4, chunk.before.page, true);
  view.setUint32(offset + 8, chunk.before.offset, true);
  view.setUint16(offset + 12, chunk.count, true);
  view.setUint16(offset + 14, chunk.bytes, true);
  view.setFloat64(offset + 16, chunk.firstMs, true);
  view.setFloat64(offset + 24, chunk.lastMs, true);
}

/** The chunks of a page with their offsets, those struck out too. Ends where the bytes make no sense, as in a file that was changed. */
export function* chunksOf(page: Page): Generator<{ readonly offset: number; readonly chunk: Chunk }> {
  for (let offset = 0; offset + chunkHead <= page.used;) {
    const chunk = chunkAt(page, offset);
    const sound =
      chunk.count <= chunkSamples &&
      chunk.bytes <= mostChunkBytes &&
      offset + chunkHead + chunk.bytes <= page.used &&
      chunk.firstMs >= 0 &&
      chunk.firstMs <= chunk.lastMs &&
      chunk.lastMs < latestMs;
    if (!sound) return;
    yield { offset, chunk };
    offset += chunkHead + chunk.bytes;
  }
}

export type Pages = ReturnType<typeof createPages>;

/** A page takes at most the sixteenth part of what all may take, so that little goes at once where little may stay. */
export function createPages(maxBytes: number) {
  const most = Math.max(smallestPage, Math.min(mostPageBytes, Math.floor(maxBytes / 16)));
  const kept = new Map<number, Page>();
  let current = new Page(1, most);
  let bytes = 0;
  let samples = 0;

  function next(): void {
    bytes -= current.bytes.length;
    current.close();
    bytes += current.bytes.length;
    kept.set(current.number, current);
    current = new Page(current.number + 1, most);
    bytes += current.bytes.length;
  }

  return {
    get bytes(): number {
      return bytes;
    },
    get samples(): number {
      return samples;
    },
    /** Full ones, the oldest first. */
    full: (): readonly Page[] => [...kept.values()],
    oldest: (): Page | undefined => kept.values().next().value,
    current: (): Page => current,
    at(place: Place): Page | undefined {
      return place.page === current.number ? current : kept.get(place.page);
    },
    /** A page with room for a chunk. */
    room(): Page {
      const before = current.bytes.length;
      if (!current.reserve(chunkHead + mostChunkBytes)) {
        next();
        return this.room();
      }
      bytes += current.bytes.length - before;
      return current;
    },
    /** A chunk was written at the end of the current page. */
    wrote(chunk: Chunk): Place {
      const place = { page: current.number, offset: current.used };
      writeHead(current, current.used, chunk);
      current.used += chunkHead + chunk.bytes;
      current.samples += chunk.count;
      current.lastMs = Math.max(current.lastMs, chunk.lastMs);
      samples += chunk.count;
      return place;
    },
    strikeOut(place: Place): void {
      const page = this.at(place);
      if (!page) return;
      const count = page.view.getUint16(place.offset + 12, true);
      page.view.setUint16(place.offset + 12, 0, true);
      page.samples -= count;
      samples -= count;
      page.changes += 1;
    },
    /** Takes over a page as it was kept; its number must be none that is there. */
    adopt(page: Page): void {
      page.close();
      kept.set(page.number, page);
      bytes += page.bytes.length;
      samples += page.samples;
      if (page.number >= current.number) {
        bytes -= current.bytes.length;
        current = new Page(page.number + 1, most);
        bytes += current.bytes.length;
      }
    },
    /** Closes the current page, where it has anything in it. */
    next(): void {
      if (current.used > 0) next();
    },
    remove(page: Page): void {
      if (!kept.delete(page.number)) return;
      bytes -= page.bytes.length;
      samples -= page.samples;
    },
  };
}
