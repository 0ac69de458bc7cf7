import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { wordsOf } from "../../signals/store/chunk.ts";
import { createMetricStore, type MetricStore } from "../../signals/store/metric-store.ts";
import { keptMetrics } from "./kept.ts";
import { createSegmentFiles } from "./segment-files.ts";

const start = 1_700_000_000_000;
const all = [{ name: "__name__", op: "=~", value: ".+" }] as const;
const limits = { maxBytes: 2 << 20 };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "gantry-metrics-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Numbers that cannot be packed well, so that there are pages. */
function fill(store: MetricStore, from: number, to: number): void {
  const handles = Array.from({ length: 20 }, (_, id) => store.series({ __name__: "a", id: String(id), quoted: 'a"\n\\' }));
  for (let n = from; n < to; n++)
    for (const [id, one] of handles.entries()) if (one) store.push(one, start + n * 1_000, Math.sin(n * 20 + id));
}

function everything(store: MetricStore) {
  return store
    .select(all, 0, start + 1e10)
    .map(({ labels, times, values, from, to }) => ({
      labels,
      times: [...times.subarray(from, to)],
      bits: [...wordsOf(values).subarray(2 * from, 2 * to)],
    }))
    .toSorted((a, b) => (JSON.stringify(a.labels) < JSON.stringify(b.labels) ? -1 : 1));
}

async function opened() {
  const store = createMetricStore(limits);
  const files = createSegmentFiles(folder, keptMetrics(store));
  return { store, files, lost: await files.load() };
}

test("after a restart everything is there again, to the bit, and goes on", async () => {
  const first = await opened();
  fill(first.store, 0, 4_000);
  const ended = first.store.series({ __name__: "ended" });
  if (ended) first.store.push(ended, start, 1);
  if (ended) first.store.end(ended, start + 1);
  await first.files.save();
  const names = await readdir(folder);
  expect(names).toContain("head");
  expect(names.filter((name) => name.startsWith("page-")).length).toBeGreaterThan(1);
  const second = await opened();
  expect(second.lost).toEqual([]);
  expect(everything(second.store)).toEqual(everything(first.store));
  fill(second.store, 4_000, 4_500);
  fill(first.store, 4_000, 4_500);
  await second.files.save();
  const third = await opened();
  expect(everything(third.store)).toEqual(everything(first.store));
});

test("a crash between a page and the head costs nothing and doubles nothing", async () => {
  const { store, files } = await opened();
  fill(store, 0, 1_000);
  await files.save();
  const head = await readFile(path.join(folder, "head"));
  fill(store, 1_000, 3_000);
  await files.save();
  // The head is the one from before: the pages are newer than it.
  await writeFile(path.join(folder, "head"), head);
  const again = await opened();
  expect(again.lost).toEqual([]);
  for (const { times } of everything(again.store)) {
    expect(times).toEqual(Array.from(times, (_, n) => start + n * 1_000));
    expect(times.length).toBeGreaterThan(1_000);
  }
});

test("a torn or foreign file is told and left out; the others are used", async () => {
  const { store, files } = await opened();
  fill(store, 0, 4_000);
  await files.save();
  const pages = (await readdir(folder)).filter((name) => name.startsWith("page-"));
  const [one = "", other = "", third = ""] = pages;
  await truncate(path.join(folder, one), 5_000);
  await truncate(path.join(folder, other), 2);
  await writeFile(path.join(folder, third), "{}");
  await writeFile(path.join(folder, "notes.txt"), "not ours");
  await writeFile(path.join(folder, "head.tmp"), "half");
  const again = await opened();
  expect(new Map(again.lost.map(({ file, reason }) => [path.basename(file), reason]))).toEqual(
    new Map([
      [one, "its checksum is wrong"],
      [other, "it was cut off"],
      [third, "it was cut off"],
    ]),
  );
  expect(again.store.view().samples).toBeGreaterThan(0);
  fill(again.store, 4_000, 4_100);
  await again.files.save();
  expect((await opened()).lost).toEqual([]);
});

test("a page that is no longer kept leaves no file", async () => {
  const { store, files } = await opened();
  fill(store, 0, 4_000);
  await files.save();
  const before = (await readdir(folder)).length;
  store.retain(60_000);
  store.look(start + 4_000_000);
  await files.save();
  expect((await readdir(folder)).length).toBeLessThan(before);
});

test("what was written while the clock was wrong does not come back", async () => {
  const { store, files } = await opened();
  fill(store, 0, 500);
  fill(store, 90_000, 92_000);
  await files.save();
  const again = await opened();
  again.store.look(start + 500_000);
  fill(again.store, 500, 600);
  for (const { times } of everything(again.store))
    expect(times).toEqual(Array.from({ length: 600 }, (_, n) => start + n * 1_000));
  await again.files.save();
  const third = await opened();
  expect(everything(third.store)).toEqual(everything(again.store));
});
