import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openJournal, type JournalState } from "./journal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gantry-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Entry = { readonly key: string; readonly value?: string };

function createMap(): JournalState<Entry> & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    reset: () => values.clear(),
    apply: ({ key, value }) => void (value === undefined ? values.delete(key) : values.set(key, value)),
    snapshot: () => [...values].map(([key, value]) => ({ key, value })),
  };
}

describe("a journal", () => {
  test("gives back what was appended, also over compactions", async () => {
    const entry = fc.record({
      key: fc.constantFrom("a", "b", "c", "d\n"),
      value: fc.option(fc.string({ unit: "binary" }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 60 }), fc.integer({ min: 50, max: 2000 }), async (entries, fromBytes) => {
        const file = path.join(folder, "law");
        rmSync(file, { force: true });
        const before = createMap();
        const journal = await openJournal(file, before, fromBytes);
        await Promise.all(entries.map(({ key, value }) => journal.append(value === undefined ? { key } : { key, value })));
        await journal.close();
        const after = createMap();
        const again = await openJournal(file, after, fromBytes);
        await again.close();
        expect(new Map(after.values)).toEqual(new Map(before.values));
        expect(again.brokenLines()).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test("loses no whole record when it is torn at any byte, and goes on behind them", async () => {
    const file = path.join(folder, "torn");
    const journal = await openJournal(file, createMap());
    for (const key of ["one", "two", "three"]) await journal.append({ key, value: key });
    await journal.close();
    const whole = readFileSync(file);
    const ends = [...whole.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1);
    for (let length = 0; length <= whole.length; length += 1) {
      writeFileSync(file, whole.subarray(0, length));
      const state = createMap();
      const torn = await openJournal(file, state);
      expect(state.values.size).toBe(ends.filter((end) => end <= length).length);
      await torn.append({ key: "next", value: "x" });
      await torn.close();
      const again = createMap();
      await (await openJournal(file, again)).close();
      expect(again.values.size).toBe(state.values.size);
      expect(again.values.get("next")).toBe("x");
    }
  });

  test("leaves a line out that the disk spoilt, says so, and keeps the file as it was", async () => {
    const file = path.join(folder, "spoilt");
    const journal = await openJournal(file, createMap());
    for (const key of ["one", "two", "three"]) await journal.append({ key, value: key });
    await journal.close();
    const bytes = readFileSync(file);
    bytes[bytes.indexOf("two")] = 0x58;
    writeFileSync(file, bytes);
    const state = createMap();
    const again = await openJournal(file, state);
    await again.close();
    expect([...state.values.keys()]).toEqual(["one", "three"]);
    expect(again.brokenLines()).toBe(1);
    expect(readFileSync(`${file}.broken`)).toEqual(bytes);
  });

  test("stays as small as what it holds", async () => {
    const file = path.join(folder, "small");
    const journal = await openJournal(file, createMap(), 10_000);
    for (let round = 0; round < 50; round += 1)
      await Promise.all(Array.from({ length: 100 }, (_, index) => journal.append({ key: `k${index % 10}`, value: `${round}` })));
    await journal.close();
    expect(statSync(file).size).toBeLessThan(20_000);
    expect(existsSync(`${file}.next`)).toBe(false);
  });

  test("refuses what comes after its end", async () => {
    const journal = await openJournal(path.join(folder, "closed"), createMap());
    await journal.close();
    await expect(journal.append({ key: "late" })).rejects.toThrow("closed");
  });

  test("knows a line that only looks like one", async () => {
    const file = path.join(folder, "forged");
    appendFileSync(file, '00000000 {"key":"a","value":"b"}\n');
    const state = createMap();
    await (await openJournal(file, state)).close();
    expect(state.values.size).toBe(0);
  });
});
