import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createMetricStore } from "./metric-store.ts";
import { restoreSegment, segmentsOf } from "./segment.ts";

const start = 1_700_000_000_000;
const all = [{ name: "__name__", op: "=~", value: ".+" }] as const;

function files(): readonly Uint8Array[] {
  const store = createMetricStore({ maxBytes: 1 << 20 });
  for (let n = 0; n < 3_000; n++)
    for (const id of ["1", "2", "3"]) store.append({ __name__: "a", id }, start + n * 1_000, Math.sin(n) * Number(id));
  const { pages, page, head } = segmentsOf(store);
  return [...pages.flatMap(({ number }) => page(number) ?? []), head()];
}

test("a file whose bytes were changed anywhere is refused, or read without a mistake of ours and in order", () => {
  const [page, ...rest] = files();
  const head = rest.at(-1);
  if (!page || !head) throw new Error("no files");
  fc.assert(
    fc.property(
      fc.constantFrom(page, head),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }),
      fc.option(fc.nat(), { nil: undefined }),
      (file, changes, cut) => {
        const changed = cut === undefined ? file.slice() : file.slice(0, cut % file.length);
        for (const [at, byte] of changes) if (changed.length > 0) changed[at % changed.length] = byte;
        const store = createMetricStore({ maxBytes: 1 << 20 });
        restoreSegment(store, changed);
        store.look(start + 4_000_000);
        for (const { values, from, to } of store.select(all, 0, 2 ** 43))
          expect(values.subarray(from, to)).toHaveLength(to - from);
        store.append({ __name__: "a", id: "1" }, start + 3_500_000, 1);
        for (let n = 0; n < 300; n++) store.append({ __name__: "b" }, start + 3_000_000 + n, n);
        expect(store.select([{ name: "__name__", op: "=", value: "b" }], 0, 2 ** 43)[0]?.to).toBeGreaterThan(0);
        expect(store.view().bytes.all).toBeLessThanOrEqual(2 << 20);
      },
    ),
    { numRuns: 400 },
  );
});

test("labels that are none, or another version, are refused with what is wrong", () => {
  const file = (head: unknown) => {
    const text = new TextEncoder().encode(JSON.stringify(head));
    const bytes = new Uint8Array(8 + text.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0x4d544e47, true);
    view.setUint32(4, text.length, true);
    bytes.set(text, 8);
    return bytes;
  };
  const problem = (head: unknown) => restoreSegment(createMetricStore(), file(head)).problem;
  expect(problem({ schemaVersion: 2, kind: "page", page: 1, series: [] })).toBe("it is of version 2");
  expect(problem({ schemaVersion: 1, kind: "page", page: -1, series: [] })).toBe("its number makes no sense");
  expect(problem({ schemaVersion: 1, kind: "page", page: 1 })).toBe("its labels cannot be read");
  expect(problem([])).toBe("its labels cannot be read");
  expect(problem({ schemaVersion: 1, kind: "page", page: 1, series: [[1, { a: 5 }], "x"] })).toBeUndefined();
  expect(restoreSegment(createMetricStore(), new Uint8Array(3)).problem).toBe("it holds no samples");
});
