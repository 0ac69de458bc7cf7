import { isRecord } from "../../lib/is-record.ts";
import { RecordSegment, segmentRows } from "./record-segment.ts";

// A segment as it lies on the disk: what it holds, as JSON, and behind it the columns as they are in memory.

const schemaVersion = 1;
const magic = 0x52544e47;

type Head = {
  readonly schemaVersion: number;
  readonly number: number;
  readonly full: boolean;
  readonly rows: number;
  readonly bodies: number;
  readonly words: readonly string[];
};

export function writeSegment(segment: RecordSegment): Uint8Array {
  const { number, full, rows, words } = segment;
  const columns = columnsOf(segment, rows);
  const bodies = segment.bodyStart(rows);
  const head = new TextEncoder().encode(JSON.stringify({ schemaVersion, number, full, rows, bodies, words } satisfies Head));
  const parts = [...columns.map(bytesOf), segment.bodies.subarray(0, bodies)];
  const file = new Uint8Array(8 + head.length + parts.reduce((sum, part) => sum + part.length, 0));
  const view = new DataView(file.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, head.length, true);
  file.set(head, 8);
  let at = 8 + head.length;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** The segment, or what is wrong with the file. */
export function readSegment(file: Uint8Array): RecordSegment | { readonly problem: string } {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (file.length < 8 || view.getUint32(0, true) !== magic) return { problem: "it holds no records" };
  const end = 8 + view.getUint32(4, true);
  const head = end > file.length ? undefined : headOf(file.subarray(8, end));
  if (!head) return { problem: "it cannot be read" };
  if (head.schemaVersion !== schemaVersion) return { problem: `it is of version ${head.schemaVersion}` };
  const segment = new RecordSegment(head.number);
  segment.restore(head.rows, head.bodies, head.words);
  let at = end;
  for (const column of [...columnsOf(segment, head.rows), segment.bodies]) {
    const bytes = bytesOf(column);
    if (at + bytes.length > file.length) return { problem: "it was cut off" };
    bytes.set(file.subarray(at, at + bytes.length));
    at += bytes.length;
  }
  if (!segment.sound()) return { problem: "its rows make no sense" };
  segment.relink();
  if (head.full) segment.close();
  return segment;
}

function columnsOf(segment: RecordSegment, rows: number) {
  const { times, durations, traces, spans, parents, services, names, levels, ends } = segment;
  return [
    times.subarray(0, rows),
    durations.subarray(0, rows),
    traces.subarray(0, rows * 4),
    spans.subarray(0, rows * 2),
    parents.subarray(0, rows * 2),
    services.subarray(0, rows),
    names.subarray(0, rows),
    levels.subarray(0, rows),
    ends.subarray(0, rows),
  ];
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function headOf(bytes: Uint8Array): Head | undefined {
  let head: unknown;
  try {
    head = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
  if (!isRecord(head)) return undefined;
  const { schemaVersion: version, number, full, rows, bodies, words } = head;
  const sound =
    typeof version === "number" &&
    isCount(number, 2 ** 31) &&
    typeof full === "boolean" &&
    isCount(rows, segmentRows) &&
    isCount(bodies, 2 ** 28) &&
    Array.isArray(words) &&
    words.every((word) => typeof word === "string");
  return sound ? { schemaVersion: version, number, full, rows, bodies, words } : undefined;
}

function isCount(value: unknown, most: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;
}
