// Spans or lines of one environment, in segments; bounded by bytes and by age. What is dropped is counted.
import { RecordSegment, type StoredRecord, wordsOfId } from "./record-segment.ts";

export type RecordLimits = { readonly maxBytes: number; readonly maxAgeMs: number; readonly maxBody: number };

export type RecordQuery = {
  readonly traceId?: string;
  /** From and to, both included. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly service?: string;
  /** This level or above. */
  readonly level?: number;
  /** Stands in the name or anywhere in the body, upper and lower case as written. */
  readonly text?: string;
  /** The newest so many. */
  readonly limit?: number;
};

export type RecordView = {
  readonly records: number;
  readonly bytes: number;
  /** Since the store began. */
  readonly taken: number;
  readonly dropped: { readonly evicted: number; readonly expired: number; readonly tooLarge: number; readonly badTime: number };
  readonly oldestMs: number | undefined;
};

export type RecordStore = {
  append(record: StoredRecord): void;
  /** In the order of time. */
  search(query: RecordQuery): readonly StoredRecord[];
  look(nowMs: number): void;
  view(): RecordView;
  /** For whoever keeps it on a disk, the oldest first. */
  segments(): readonly RecordSegment[];
  /** Takes over a segment that was kept, before anything is appended. */
  adopt(segment: RecordSegment): void;
};

const defaults: RecordLimits = { maxBytes: 64 * 2 ** 20, maxAgeMs: 24 * 60 * 60_000, maxBody: 65_536 };

export function createRecordStore(given: Partial<RecordLimits> = {}): RecordStore {
  const limits = { ...defaults, ...given };
  let segments: RecordSegment[] = [];
  let current = new RecordSegment(1);
  let closedBytes = 0;
  let taken = 0;
  const dropped = { evicted: 0, expired: 0, tooLarge: 0, badTime: 0 };

  const bytes = () => closedBytes + current.bytes;
  const all = () => (current.rows > 0 ? [...segments, current] : segments);

  function next(): void {
    current.close();
    segments.push(current);
    closedBytes += current.bytes;
    current = new RecordSegment(current.number + 1);
  }

  function drop(segment: RecordSegment, why: "evicted" | "expired"): void {
    segments = segments.filter((one) => one !== segment);
    closedBytes -= segment.bytes;
    dropped[why] += segment.rows;
  }

  function keepWithin(): void {
    // A current one that alone is most of what may be kept has to be closed, or nothing could go.
    if (current.bytes > limits.maxBytes / 4 && current.rows > 0) next();
    for (let [oldest] = segments; oldest && bytes() > limits.maxBytes; [oldest] = segments) drop(oldest, "evicted");
  }

  return {
    append(record) {
      if (!(record.timeMs >= 0 && record.timeMs < 2 ** 43)) dropped.badTime += 1;
      else if (record.body.length > limits.maxBody) dropped.tooLarge += 1;
      else {
        if (!current.append(record)) {
          next();
          current.append(record);
        }
        taken += 1;
        // Segments grow by doubling: looked at when they may have.
        if ((current.rows & 255) === 1 || record.body.length > 4_096) keepWithin();
      }
    },
    search(query) {
      let found: { readonly segment: RecordSegment; readonly row: number; readonly timeMs: number }[] = [];
      const limit = query.limit ?? Infinity;
      let enoughFromMs = query.fromMs ?? -Infinity;
      for (const segment of all().toReversed()) {
        if (segment.lastMs < enoughFromMs || segment.firstMs > (query.toMs ?? Infinity)) continue;
        for (const row of rowsOf(segment, query))
          if (fits(segment, row, query)) found.push({ segment, row, timeMs: segment.times[row] ?? 0 });
        if (found.length < limit) continue;
        // Segments overlap a little: one before it may still have newer ones.
        found = newest(found, limit);
        enoughFromMs = Math.max(enoughFromMs, found[0]?.timeMs ?? -Infinity);
      }
      return newest(found, limit).map(({ segment, row }) => segment.at(row));
    },
    look(nowMs) {
      for (const segment of segments) if (segment.lastMs < nowMs - limits.maxAgeMs) drop(segment, "expired");
      // Little comes: even so nothing stays for ever.
      if (current.rows > 0 && current.lastMs < nowMs - limits.maxAgeMs) {
        dropped.expired += current.rows;
        current = new RecordSegment(current.number + 1);
      }
    },
    view: () => ({
      records: all().reduce((sum, one) => sum + one.rows, 0),
      bytes: bytes(),
      taken,
      dropped: { ...dropped },
      oldestMs: all().length === 0 ? undefined : Math.min(...all().map((one) => one.firstMs)),
    }),
    segments: all,
    adopt(segment) {
      if (!segment.full) {
        // What had not been full goes on; unless it was, later, and that is here already.
        if (segments.every((one) => one.number < segment.number)) current = segment;
        return;
      }
      segments.push(segment);
      closedBytes += segment.bytes;
      if (segment.number >= current.number) current = new RecordSegment(segment.number + 1);
      keepWithin();
    },
  };
}

/** In the order of time; rows of one moment in the order in which they came. */
function newest<T extends { readonly timeMs: number; readonly row: number; readonly segment: RecordSegment }>(
  found: readonly T[],
  limit: number,
): T[] {
  const sorted = found.toSorted((a, b) => a.timeMs - b.timeMs || a.segment.number - b.segment.number || a.row - b.row);
  return sorted.length > limit ? sorted.slice(sorted.length - limit) : sorted;
}

/** Rows that may fit, found by what is quickest. */
function* rowsOf(segment: RecordSegment, { traceId, text }: RecordQuery): Generator<number> {
  if (traceId !== undefined) yield* segment.ofTrace(wordsOfId(traceId, 4));
  else if (text === undefined || text === "") for (let row = 0; row < segment.rows; row++) yield row;
  else yield* rowsWith(segment, text);
}

function* rowsWith(segment: RecordSegment, text: string): Generator<number> {
  const named = new Set(segment.words.flatMap((word, id) => (word.includes(text) ? [id] : [])));
  if (named.size > 0) for (let row = 0; row < segment.rows; row++) if (named.has(segment.names[row] ?? 0)) yield row;
  // Bodies are JSON: what is looked for stands there as JSON writes it.
  const needle = Buffer.from(JSON.stringify(text).slice(1, -1));
  const used = segment.ends[segment.rows - 1] ?? 0;
  for (let at = segment.bodies.indexOf(needle); at >= 0 && at < used;) {
    const row = segment.rowAt(at);
    const end = segment.ends[row] ?? used;
    // Not from the end of one body into the next.
    if (at + needle.length > end) at = segment.bodies.indexOf(needle, at + 1);
    else {
      if (!named.has(segment.names[row] ?? 0)) yield row;
      at = segment.bodies.indexOf(needle, end);
    }
  }
}

function fits(segment: RecordSegment, row: number, { traceId, fromMs, toMs, service, level, text }: RecordQuery): boolean {
  const time = segment.times[row] ?? 0;
  if (fromMs !== undefined && time < fromMs) return false;
  if (toMs !== undefined && time > toMs) return false;
  if (service !== undefined && segment.words[segment.services[row] ?? 0] !== service) return false;
  if (level !== undefined && (segment.levels[row] ?? 0) < level) return false;
  if (traceId === undefined || text === undefined || text === "") return true;
  const { name, body } = segment.at(row);
  return name.includes(text) || body.includes(JSON.stringify(text).slice(1, -1));
}
