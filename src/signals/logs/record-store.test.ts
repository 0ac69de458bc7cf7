import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSegment, writeSegment } from "./record-file.ts";
import { segmentRows, type StoredRecord } from "./record-segment.ts";
import { createRecordStore, type RecordQuery, type RecordStore } from "./record-store.ts";

const start = 1_700_000_000_000;
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef".split("")), minLength: length, maxLength: length });
const traces = ["", "0".repeat(31) + "1", "f".repeat(32), "4bf92f3577b34da6a3ce929d0e0e4736"];
const text = fc.oneof(
  fc.constantFrom("page", 'say "hello"', "ü\n", "error: 7", ""),
  fc.string({ unit: "grapheme", maxLength: 20 }),
);

const record: fc.Arbitrary<StoredRecord> = fc.record({
  timeMs: fc.integer({ min: start, max: start + 100_000 }),
  durationMs: fc.integer({ min: 0, max: 1_000 }),
  traceId: fc.oneof(fc.constantFrom(...traces), hex(32)),
  spanId: fc.oneof(fc.constant(""), hex(16)),
  parentId: fc.oneof(fc.constant(""), hex(16)),
  service: fc.constantFrom("api", "web"),
  name: text,
  level: fc.integer({ min: 0, max: 3 }),
  body: text.map((body) => JSON.stringify({ body })),
});
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const query = fc.record({
  traceId: maybe(fc.constantFrom(...traces.slice(1))),
  fromMs: maybe(fc.integer({ min: start, max: start + 100_000 })),
  toMs: maybe(fc.integer({ min: start, max: start + 100_000 })),
  service: maybe(fc.constantFrom("api", "web", "other")),
  level: maybe(fc.integer({ min: 0, max: 3 })),
  text: maybe(text),
  limit: maybe(fc.integer({ min: 0, max: 20 })),
});

/** What a search is to find, looked for one by one. */
function expected(all: readonly StoredRecord[], { traceId, fromMs, toMs, service, level, text, limit }: RecordQuery) {
  const found = all.filter(
    (one) =>
      (traceId === undefined || one.traceId === traceId) &&
      (fromMs === undefined || one.timeMs >= fromMs) &&
      (toMs === undefined || one.timeMs <= toMs) &&
      (service === undefined || one.service === service) &&
      (level === undefined || one.level >= level) &&
      (text === undefined || one.name.includes(text) || one.body.includes(JSON.stringify(text).slice(1, -1))),
  );
  const sorted = found.toSorted((a, b) => a.timeMs - b.timeMs);
  return limit === undefined ? sorted : sorted.slice(Math.max(0, sorted.length - limit));
}

/** Lone halves of characters are not text, and come back as the sign for that. Zero ids are none. */
const kept = (one: StoredRecord): StoredRecord => ({
  ...one,
  body: Buffer.from(one.body).toString(),
  traceId: /^0*$/.test(one.traceId) ? "" : one.traceId,
  spanId: /^0*$/.test(one.spanId) ? "" : one.spanId,
  parentId: /^0*$/.test(one.parentId) ? "" : one.parentId,
});
const asked = (given: { [Key in keyof RecordQuery]: RecordQuery[Key] | undefined }): RecordQuery =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

describe("a search", () => {
  test("finds what it would find one by one, also after everything went over the disk", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 80 }), query, (records, given) => {
        const store = createRecordStore();
        for (const one of records) store.append(one);
        const wanted = expected(records.map(kept), asked(given));
        expect(store.search(asked(given))).toEqual(wanted);
        const again = createRecordStore();
        for (const segment of store.segments()) {
          const read = readSegment(writeSegment(segment));
          if ("problem" in read) throw new Error(read.problem);
          again.adopt(read);
        }
        expect(again.search(asked(given))).toEqual(wanted);
        for (const one of records) again.append(one);
        expect(again.view().records).toBe(2 * records.length);
      }),
      { numRuns: 300 },
    );
  });

  test("goes over many segments, and the newest are the newest though times overlap", () => {
    const store = createRecordStore();
    fill(store, 3 * segmentRows);
    expect(store.segments()).toHaveLength(3);
    const newest = store.search({ limit: 5 });
    expect(newest.map(({ timeMs }) => timeMs - start)).toEqual([0, 1, 2, 3, 4].map((n) => 3 * segmentRows - 5 + n));
    const trace = idOf(12_345);
    expect(store.search({ traceId: trace })).toMatchObject([{ traceId: trace, name: "n5" }]);
    expect(store.search({ fromMs: start + 10, toMs: start + 19 })).toHaveLength(10);
  });
});

const idOf = (n: number) => (n + 1).toString(16).padStart(32, "0");

function fill(store: RecordStore, count: number, body = "{}"): void {
  for (let n = 0; n < count; n++)
    store.append({
      // Not quite in order.
      timeMs: start + (n ^ 3),
      durationMs: 1,
      traceId: idOf(n),
      spanId: "b".repeat(16),
      parentId: "",
      service: "api",
      name: `n${n % 10}`,
      level: 0,
      body,
    });
}

describe("what is kept", () => {
  test("stays within its bytes: the oldest goes first, and is counted", () => {
    const store = createRecordStore({ maxBytes: 4 << 20 });
    let most = 0;
    for (let turn = 0; turn < 60; turn++) {
      fill(store, 2_000, JSON.stringify({ body: "x".repeat(300) }));
      most = Math.max(most, store.view().bytes);
    }
    expect(most).toBeLessThan(5 << 20);
    const { records, taken, dropped } = store.view();
    expect(taken).toBe(120_000);
    expect(records + dropped.evicted).toBe(taken);
    expect(dropped.evicted).toBeGreaterThan(0);
  });

  test("names that are others each time do not fill the memory", () => {
    const store = createRecordStore({ maxBytes: 8 << 20 });
    for (let n = 0; n < 150_000; n++)
      store.append({
        timeMs: start + n,
        durationMs: 0,
        traceId: "",
        spanId: "",
        parentId: "",
        service: "api",
        name: `GET /${n}`,
        level: 0,
        body: "{}",
      });
    expect(store.view().bytes).toBeLessThan(9 << 20);
    expect(store.search({ text: "GET /149999" })).toHaveLength(1);
  });

  test("goes when it is too old, whatever its number", () => {
    const store = createRecordStore({ maxAgeMs: 60_000 });
    fill(store, segmentRows + 10);
    store.look(start + 30_000);
    expect(store.view().records).toBe(segmentRows + 10);
    store.look(start + segmentRows + 70_000);
    expect(store.view()).toMatchObject({ records: 0, dropped: { expired: segmentRows + 10 } });
    fill(store, 1);
    expect(store.view().records).toBe(1);
  });

  test("is not taken where it has no time or is far too long", () => {
    const store = createRecordStore({ maxBody: 1_000 });
    fill(store, 1, "x".repeat(2_000));
    store.append({
      timeMs: NaN,
      durationMs: 0,
      traceId: "",
      spanId: "",
      parentId: "",
      service: "",
      name: "",
      level: 0,
      body: "",
    });
    expect(store.view()).toMatchObject({ records: 0, dropped: { tooLarge: 1, badTime: 1 } });
  });
});

test("a file whose bytes were changed anywhere is refused, or read without a mistake of ours", () => {
  const store = createRecordStore();
  fill(store, 50, JSON.stringify({ body: "something" }));
  const [segment] = store.segments();
  if (!segment) throw new Error("no segment");
  const file = writeSegment(segment);
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.nat(255), fc.nat(file.length), (at, byte, length) => {
      const changed = file.slice(0, Math.max(length, at + 1));
      changed[at] = byte;
      const read = readSegment(changed);
      if ("problem" in read) return;
      const again = createRecordStore();
      again.adopt(read);
      again.search({ text: "thing" });
      again.search({ traceId: idOf(7) });
    }),
    { numRuns: 1_000 },
  );
});
