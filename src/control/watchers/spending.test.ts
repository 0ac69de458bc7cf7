import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/support/gantry.ts";
import { createMetricStore } from "../../signals/store/metric-store.ts";
import { createSpending } from "./spending.ts";

const minute = 60_000;
let nowMs = 0;
let store: ReturnType<typeof createMetricStore>;
let file: string;
beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 29, 12);
  // It looks at the clock that samples are held against.
  store = createMetricStore({ retentionMs: 100 * 86_400_000 });
  file = path.join(temporaryFolder(), "measured", "spending.json");
});

const spending = () => createSpending({ file, source: store, now: () => nowMs });

/** A service's counter as it stands, a minute after what was said last. */
function says(value: number, labels: Record<string, string> = {}): void {
  nowMs += minute;
  store.append({ __name__: "cost_usd_total", service: "api", replica: "1", ...labels }, nowMs, value);
}

async function told(watcher: ReturnType<typeof spending>): Promise<Record<string, number>> {
  const readings = await watcher.look();
  return Object.fromEntries(
    readings.map(({ name, labels, value }) => [
      `${labels["service"] ?? ""} ${name.split("_")[1]}`,
      Number(value.toPrecision(12)),
    ]),
  );
}

test("where nobody counts nothing is told; who counts and has spent nothing has spent 0", async () => {
  const watcher = spending();
  expect(await told(watcher)).toEqual({});
  says(0);
  expect(await told(watcher)).toEqual({ "api day": 0, "api month": 0 });
});

test("what counters grow by is added up by service, over replicas, models and counters that begin anew", async () => {
  const watcher = spending();
  says(2);
  expect(await told(watcher)).toEqual({ "api day": 2, "api month": 2 });
  says(3);
  says(0.5, { replica: "2", model: "large" });
  says(1);
  says(10, { service: "worker" });
  expect(await told(watcher)).toEqual({ "api day": 4.5, "api month": 4.5, "worker day": 10, "worker month": 10 });
  expect(await told(watcher)).toEqual({ "api day": 4.5, "api month": 4.5, "worker day": 10, "worker month": 10 });
});

test("what is no amount is passed over", async () => {
  const watcher = spending();
  for (const value of [1, NaN, -5, Infinity, 2]) says(value);
  expect(await told(watcher)).toEqual({ "api day": 2, "api month": 2 });
});

test("a day and a month end at midnight UTC; what comes late is of the day that it was spent on", async () => {
  const watcher = spending();
  says(5);
  await watcher.look();
  nowMs = Date.UTC(2026, 10, 29, 23, 58);
  says(6);
  nowMs = Date.UTC(2026, 10, 30, 0, 1);
  expect(await told(watcher)).toEqual({ "api day": 0, "api month": 6 });
  says(8);
  expect(await told(watcher)).toEqual({ "api day": 2, "api month": 8 });
  nowMs = Date.UTC(2026, 11, 1, 0, 1);
  expect(await told(watcher)).toEqual({ "api day": 0, "api month": 0 });
  says(9);
  expect(await told(watcher)).toEqual({ "api day": 1, "api month": 1 });
});

test("a server that begins again adds nothing twice and leaves nothing out", async () => {
  const first = spending();
  says(5);
  await first.look();
  // Spent and kept as a sample, and the server was killed before it looked.
  says(6);
  expect(await told(spending())).toEqual({ "api day": 6, "api month": 6 });
  expect(await told(spending())).toEqual({ "api day": 6, "api month": 6 });
  nowMs = Date.UTC(2026, 10, 30, 8);
  expect(await told(spending())).toEqual({ "api day": 0, "api month": 6 });
});

test("what was written down and is no longer readable is begun anew, and that is said", async () => {
  const first = spending();
  says(5);
  await first.look();
  for (const text of [
    readFileSync(file, "utf8").slice(0, 60),
    "{}",
    '{"schemaVersion":1,"day":"2026-11-29","services":[["api",{"day":"x"}]],"counters":[]}',
  ]) {
    writeFileSync(file, text);
    expect(spending().problems?.(), text).toEqual(["what was spent so far could not be read: it begins anew"]);
  }
});
