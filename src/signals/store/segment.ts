// How samples are kept on a disk: chunks as they are in memory, behind the labels of their series, so that each file stands for itself.
// Pages are written once, when they are full; what is not in a full page yet is written again and again, as the head.
import { isRecord } from "../../lib/is-record.ts";
import type { Labels } from "../series.ts";
import { chunkSamples, mostChunkBytes, readChunk, writeChunk } from "./chunk.ts";
import type { MetricStore } from "./metric-store.ts";
import { type Chunk, chunkHead, chunksOf, Page, writeHead } from "./pages.ts";

const schemaVersion = 1;
const magic = 0x4d544e47;

/** What is to be on the disk: pages by their number with how often they changed, and how to write each. */
export type Segments = {
  readonly pages: readonly { readonly number: number; readonly changes: number }[];
  readonly page: (number: number) => Uint8Array | undefined;
  readonly head: () => Uint8Array;
};

export function segmentsOf({ inside }: MetricStore): Segments {
  const { pages } = inside;
  return {
    pages: pages.full().map(({ number, changes }) => ({ number, changes })),
    page(number) {
      const page = pages.at({ page: number, offset: 0 });
      return page && written("page", page, (id) => inside.byId(id));
    },
    head() {
      const page = new Page(0, Infinity);
      for (const { offset, chunk } of chunksOf(pages.current()))
        if (chunk.count > 0) {
          page.reserve(chunkHead + mostChunkBytes);
          page.bytes.set(pages.current().bytes.subarray(offset, offset + chunkHead + chunk.bytes), page.used);
          page.used += chunkHead + chunk.bytes;
        }
      for (const series of inside.all())
        for (let from = series.packed; from < series.length; from += chunkSamples) {
          const to = Math.min(series.length, from + chunkSamples);
          page.reserve(chunkHead + mostChunkBytes);
          const start = page.used + chunkHead;
          const bytes = writeChunk(page.bytes, start, series.times, series.values, from, to) - start;
          writeHead(page, page.used, {
            series: series.id,
            before: { page: 0, offset: 0 },
            count: to - from,
            bytes,
            firstMs: series.times[from] ?? 0,
            lastMs: series.times[to - 1] ?? 0,
          });
          page.used += chunkHead + bytes;
        }
      return written("head", page, (id) => inside.byId(id));
    },
  };
}

/** Takes in a file; pages in the order of their numbers, the head last. Tells what is wrong with one that cannot be used. */
export function restoreSegment({ inside }: MetricStore, file: Uint8Array): { readonly problem?: string; readonly lost: number } {
  const read = readSegment(file);
  if ("problem" in read) return { problem: read.problem, lost: 0 };
  const { kind, page, labels } = read;
  if (kind === "page") return { lost: inside.adopt(page, labels) };
  const [times, values] = [new Float64Array(chunkSamples), new Float64Array(chunkSamples)];
  for (const { offset, chunk } of chunksOf(page)) {
    const told = labels.get(chunk.series);
    if (!told || chunk.count === 0) continue;
    readChunk(page.bytes, offset + chunkHead, chunk.count, chunk.firstMs, times, values, 0);
    if (rises(times, chunk)) inside.restore(told, { times, values, to: chunk.count });
  }
  return { lost: 0 };
}

function rises(times: Float64Array, { count, firstMs, lastMs }: Chunk): boolean {
  for (let at = 1; at < count; at++) if (!((times[at] ?? 0) > (times[at - 1] ?? 0))) return false;
  return times[0] === firstMs && times[count - 1] === lastMs;
}

type Head = { readonly schemaVersion: number; readonly kind: string; readonly page: number; readonly series: unknown };

function written(
  kind: "page" | "head",
  page: Page,
  labelsOf: (id: number) => { readonly labels: Labels } | undefined,
): Uint8Array {
  const ids = new Set<number>();
  for (const { chunk } of chunksOf(page)) if (chunk.count > 0) ids.add(chunk.series);
  const series = [...ids].flatMap((id) => {
    const found = labelsOf(id);
    return found ? [[id, found.labels]] : [];
  });
  const head = new TextEncoder().encode(JSON.stringify({ schemaVersion, kind, page: page.number, series } satisfies Head));
  const file = new Uint8Array(8 + head.length + page.used);
  const view = new DataView(file.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, head.length, true);
  file.set(head, 8);
  file.set(page.bytes.subarray(0, page.used), 8 + head.length);
  return file;
}

function readSegment(
  file: Uint8Array,
): { readonly problem: string } | { readonly kind: string; readonly page: Page; readonly labels: ReadonlyMap<number, Labels> } {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (file.length < 8 || view.getUint32(0, true) !== magic) return { problem: "it holds no samples" };
  const end = 8 + view.getUint32(4, true);
  if (end > file.length) return { problem: "it was cut off" };
  let head: unknown;
  try {
    head = JSON.parse(new TextDecoder().decode(file.subarray(8, end)));
  } catch {
    return { problem: "its labels cannot be read" };
  }
  if (!isRecord(head) || !Array.isArray(head["series"])) return { problem: "its labels cannot be read" };
  if (head["schemaVersion"] !== schemaVersion) return { problem: `it is of version ${String(head["schemaVersion"])}` };
  const labels = new Map<number, Labels>();
  for (const one of head["series"] as readonly unknown[])
    if (Array.isArray(one) && typeof one[0] === "number" && isLabels(one[1])) labels.set(one[0], one[1]);
  const number = head["page"];
  if (typeof number !== "number" || !Number.isInteger(number) || number < 0 || number > 2 ** 31)
    return { problem: "its number makes no sense" };
  const page = new Page(number, Infinity);
  page.reserve(file.length - end);
  page.bytes.set(file.subarray(end));
  page.used = file.length - end;
  return { kind: head["kind"] === "page" && number > 0 ? "page" : "head", page, labels };
}

function isLabels(value: unknown): value is Labels {
  return isRecord(value) && Object.values(value).every((one) => typeof one === "string");
}
