import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Labels, Samples } from "../series.ts";
import { wordsOf } from "./chunk.ts";
import { createMetricStore, type MetricStore } from "./metric-store.ts";

const start = 1_700_000_000_000;
const all = [{ name: "__name__", op: "=~", value: ".+" }] as const;
const named = (name: string, labels: Labels = {}) => ({ __name__: name, ...labels });
const pairs = ({ times, values, from, to }: Samples) =>
  Array.from({ length: to - from }, (_, index) => [times[from + index], values[from + index]]);
const of = (store: MetricStore, name: string, fromMs = 0, toMs = 2 ** 43) =>
  store.select([{ name: "__name__", op: "=", value: name }], fromMs, toMs).flatMap(pairs);

/** What the store is to be: lists that are looked through. */
function createModel() {
  const lists = new Map<string, [number, number][]>();
  return {
    append(name: string, time: number, value: number) {
      const list = lists.get(name) ?? [];
      lists.set(name, list);
      if (time > (list.at(-1)?.[0] ?? -1)) list.push([time, value]);
    },
    select: (name: string, from: number, to: number) => (lists.get(name) ?? []).filter(([time]) => time >= from && time <= to),
  };
}

describe("a metric store", () => {
  test("gives what was appended, of any span, however much of it is packed", () => {
    const step = fc.record({
      name: fc.constantFrom("a", "b", "c"),
      count: fc.integer({ min: 1, max: 200 }),
      gapMs: fc.constantFrom(-3_000, 0, 1, 250, 5_000, 60_000),
      value: fc.constantFrom(0, 1, 0.25, NaN, 1e300, -7),
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      to: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const [store, model] = [createMetricStore(), createModel()];
        const clocks: Record<string, number> = {};
        for (const { name, count, gapMs, value, from, to } of steps) {
          for (let n = 0; n < count; n++) {
            const time = (clocks[name] = (clocks[name] ?? start) + gapMs);
            store.append(named(name), time, value * n);
            model.append(name, time, value * n);
          }
          const span = Math.max(0, (clocks[name] ?? start) - start);
          const [fromMs, toMs] = [start + Math.floor(from * span), start + Math.floor(to * span)];
          for (const one of ["a", "b", "c"]) expect(of(store, one, fromMs, toMs)).toEqual(model.select(one, fromMs, toMs));
        }
      }),
      { numRuns: 150 },
    );
  });

  test("what was selected stays as it was", () => {
    const store = createMetricStore();
    for (let n = 0; n < 100; n++) store.append(named("a"), start + n * 1_000, n);
    const [samples] = store.select(all, 0, start + 1e9);
    if (!samples) throw new Error("nothing selected");
    const before = pairs(samples);
    for (let n = 100; n < 1_000; n++) store.append(named("a"), start + n * 1_000, -n);
    expect(pairs(samples)).toEqual(before);
  });

  test("labels have no order, and one without a value is none", () => {
    const store = createMetricStore();
    store.append({ __name__: "a", x: "1", y: "2" }, start, 1);
    store.append({ y: "2", z: "", x: "1", __name__: "a" }, start + 1, 2);
    expect(store.view().series).toBe(1);
    expect(of(store, "a")).toEqual([
      [start, 1],
      [start + 1, 2],
    ]);
  });

  test.each([
    [{ name: "status", op: "=~", value: "5.." } as const, ["500", "503"]],
    [{ name: "status", op: "=~", value: "200|503" } as const, ["200", "503"]],
    [{ name: "status", op: "!~", value: "5.." } as const, ["200", undefined]],
    [{ name: "status", op: "=", value: "" } as const, [undefined]],
    [{ name: "status", op: "!=", value: "" } as const, ["200", "500", "503"]],
    [{ name: "status", op: "=~", value: "" } as const, [undefined]],
    [{ name: "status", op: "=~", value: "50" } as const, []],
    [{ name: "constructor", op: "=", value: "" } as const, ["200", "500", "503", undefined]],
    [{ name: "none", op: "!=", value: "x" } as const, ["200", "500", "503", undefined]],
  ])("%j selects %j", (matcher, expected) => {
    const store = createMetricStore();
    for (const status of ["200", "500", "503"]) store.append(named("a", { status }), start, 1);
    store.append(named("a"), start, 1);
    expect(store.select([matcher], 0, start).map(({ labels }) => labels["status"])).toEqual(expected);
  });

  test("an unreadable pattern is refused and named", () => {
    const store = createMetricStore();
    expect(() => store.select([{ name: "a", op: "=~", value: "(" }], 0, 1)).toThrow(/not a regular expression: \(/);
  });

  test("out of order, duplicate and impossible times are left out and counted", () => {
    const store = createMetricStore();
    for (const [time, value] of [
      [start, 1],
      [start - 1, 2],
      [start, 3],
      [NaN, 4],
      [-5, 5],
      [2 ** 44, 6],
      [start + 1, 7],
    ] as const)
      store.append(named("a"), time, value);
    expect(of(store, "a")).toEqual([
      [start, 1],
      [start + 1, 7],
    ]);
    expect(store.view().dropped).toMatchObject({ outOfOrder: 2, duplicate: 1, badTime: 2 });
  });

  test("the end of a series has the bits of a stale marker, also once packed; an ordinary NaN has not", () => {
    const store = createMetricStore();
    const series = store.series(named("a"));
    if (!series) throw new Error("no series");
    store.end(series, start);
    expect(store.select(all, 0, start)).toEqual([]);
    store.push(series, start, NaN);
    store.end(series, start + 1);
    for (let n = 2; n < 300; n++) store.push(series, start + n, n);
    const [samples] = store.select(all, start, start + 2);
    if (!samples) throw new Error("nothing selected");
    const words = [...wordsOf(samples.values).subarray(2 * samples.from, 2 * samples.to)];
    expect(words.slice(2, 4)).toEqual([2, 0x7ff00000]);
    expect(words.slice(0, 2)).not.toEqual([2, 0x7ff00000]);
    expect(samples.values[samples.from]).toBeNaN();
  });

  test("an explosion of labels ends at the number of series that there may be, and those there go on", () => {
    const store = createMetricStore({ maxSeries: 100 });
    for (let n = 0; n < 1_000; n++) store.append(named("a", { id: String(n) }), start, 1);
    store.append(named("a", { id: "7" }), start + 1, 2);
    expect(store.view()).toMatchObject({ series: 100, dropped: { tooManySeries: 900 } });
    expect(store.select([{ name: "id", op: "=", value: "7" }], start + 1, start + 1)).toHaveLength(1);
  });

  test("a service whose labels explode leaves room for the others, and is named", () => {
    const store = createMetricStore({ maxSeries: 100, retentionMs: 1_000 });
    for (let n = 0; n < 1_000; n++) store.append(named("a", { service: "api", id: String(n) }), start, 1);
    for (let n = 0; n < 30; n++) store.append(named("a", { service: "web", id: String(n) }), start, 1);
    expect(store.view()).toMatchObject({ series: 80, refused: { api: 950 } });
    store.look(start + 2_000);
    store.append(named("a", { service: "api", id: "new" }), start + 2_000, 1);
    expect(store.view().series).toBe(1);
  });

  test("series with too many or too long labels are refused", () => {
    const store = createMetricStore();
    store.append(named("a", Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`l${n}`, "x"]))), start, 1);
    store.append(named("a", { long: "x".repeat(10_000) }), start, 1);
    store.append(named("a", { "": "x" }), start, 1);
    expect(store.view()).toMatchObject({ series: 0, dropped: { badLabels: 3 } });
  });

  test("bytes stay within what is allowed: the oldest goes first, and is counted", () => {
    const store = createMetricStore({ maxBytes: 1 << 20 });
    const handles = Array.from({ length: 40 }, (_, n) => store.series(named("a", { id: String(n) })));
    let most = 0;
    for (let n = 0; n < 8_000; n++) {
      // Nothing about these numbers can be packed.
      for (const [index, one] of handles.entries()) if (one) store.push(one, start + n * 1_000, Math.sin(n * 40 + index));
      // Somebody looks at all of it again and again.
      if (n % 500 === 0) store.select(all, 0, start + n * 1_000);
      most = Math.max(most, store.view().bytes.all);
    }
    expect(most).toBeLessThanOrEqual(1 << 20);
    const { samples, taken, dropped } = store.view();
    expect(taken).toBe(320_000);
    expect(dropped.evicted).toBeGreaterThan(0);
    expect(samples + dropped.evicted).toBe(taken);
    const kept = store.select(all, 0, start + 1e9).flatMap(pairs);
    expect(kept).toHaveLength(samples);
    expect(kept.at(-1)).toEqual([start + 7_999_000, Math.sin(7_999 * 40 + 39)]);
  });

  test("what is older than the retention goes, series and all, and comes back with its next sample", () => {
    const store = createMetricStore({ retentionMs: 60_000 });
    const old = store.series(named("old"));
    for (let n = 0; n < 200; n++) if (old) store.push(old, start + n, n);
    store.look(start);
    for (let n = 0; n < 100; n++) {
      store.append(named("new"), start + n * 1_000, n);
      store.look(start + n * 1_000);
    }
    expect(of(store, "old")).toEqual([]);
    expect(store.view().series).toBe(1);
    expect(store.labelValues("__name__")).toEqual(["new"]);
    if (old) store.push(old, start + 100_000, 7);
    expect(of(store, "old")).toEqual([[start + 100_000, 7]]);
    store.append(named("new"), start + 1, 1);
    expect(store.view().dropped).toMatchObject({ outOfOrder: 1 });
    store.append(named("other"), start + 1, 1);
    expect(store.view().dropped).toMatchObject({ tooOld: 1 });
  });

  test.each([10, 64, 100, 128, 300, 1_000])(
    "a clock that was set back takes with it what came from the future (%i samples)",
    (count) => {
      const store = createMetricStore();
      const wrong = start + 3_600_000;
      for (let n = 0; n < count; n++) store.append(named("a"), start + n * 100, n);
      store.look(start + count * 100);
      store.look(wrong);
      for (let n = 0; n < count; n++) store.append(named("a"), wrong + n * 100, -n);
      const [before] = store.select(all, wrong, wrong + 1e6);
      const seen = before && pairs(before);
      store.append(named("b"), wrong, 1);
      const right = start + count * 100 + 5_000;
      store.look(right);
      expect(store.view()).toMatchObject({ clockJumps: 1, samples: count, dropped: { future: count + 1 } });
      for (let n = 0; n < count; n++) store.append(named("a"), right + n * 100, n);
      expect(of(store, "a")).toEqual([
        ...Array.from({ length: count }, (_, n) => [start + n * 100, n]),
        ...Array.from({ length: count }, (_, n) => [right + n * 100, n]),
      ]);
      // Invariant 1, over the jump.
      expect(before && pairs(before)).toEqual(seen);
    },
  );

  test("a clock that jumps forward makes nothing old at once; samples from the future of the clock are refused", () => {
    const store = createMetricStore({ retentionMs: 60_000 });
    store.append(named("a"), start, 1);
    store.look(start);
    store.look(start + 86_400_000);
    expect(of(store, "a")).toEqual([[start, 1]]);
    store.look(start + 1_000);
    store.append(named("a"), start + 1_000, 2);
    store.append(named("a"), start + 86_400_000, 3);
    expect(of(store, "a")).toEqual([
      [start, 1],
      [start + 1_000, 2],
    ]);
    expect(store.view()).toMatchObject({ clockJumps: 2, dropped: { future: 1 } });
  });
});
