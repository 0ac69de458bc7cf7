import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { AccessLine } from "../../wire/traffic.ts";
import { createAccessLog } from "./access-log.ts";
import { until } from "../../../test/support/gateway-harness.ts";

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), "gantry-access-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const line = (n: number): AccessLine => ({
  time: "2026-01-01T00:00:00.000Z",
  environment: "dev",
  service: "api",
  revision: "r1",
  replica: "a",
  method: "GET",
  host: "api.dev.localhost",
  path: `/${n}`,
  status: 200,
  durationMs: 1,
  bytesIn: 0,
  bytesOut: 0,
  trace_id: "t",
  span_id: "s",
});
const linesOf = (file: string): { path?: string }[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((one) => JSON.parse(one) as { path?: string });

test("lines are written in their order, and again after a restart at the end", async () => {
  const file = path.join(folder(), "deep/access.log");
  for (const start of [0, 1_000]) {
    const log = createAccessLog({ file });
    for (let n = 0; n < 1_000; n++) log.write(line(start + n));
    await log.close();
    expect(log.dropped).toBe(0);
  }
  expect(linesOf(file).map((one) => one.path)).toEqual(Array.from({ length: 2_000 }, (_, n) => `/${n}`));
});

test("a file that grew too large makes way, so many are kept, and no line is lost or torn in between", async () => {
  const where = folder();
  const file = path.join(where, "access.log");
  const log = createAccessLog({ file, maxBytes: 50_000, keep: 2, flushMs: 1 });
  let written = 0;
  for (let round = 0; round < 12; round++) {
    for (let n = 0; n < 200; n++) log.write(line(written++));
    // The file may have made way since: then its newest line is in the one before it.
    const newest = `"path":"/${written - 1}"`;
    await until(() => [file, `${file}.1`].some((one) => existsSync(one) && readFileSync(one, "utf8").includes(newest)));
  }
  await log.close();
  expect(readdirSync(where).toSorted()).toEqual(["access.log", "access.log.1", "access.log.2"]);
  const kept = [`${file}.2`, `${file}.1`, file].flatMap(linesOf).map((one) => Number(one.path?.slice(1)));
  expect(kept.at(-1)).toBe(written - 1);
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, n) => written - kept.length + n));
});

test.skipIf(!existsSync("/dev/full"))(
  "a disk that cannot take them costs lines, which are counted, and nothing else",
  async () => {
    const log = createAccessLog({ file: "/dev/full", flushMs: 1 });
    for (let n = 0; n < 2_000; n++) log.write(line(n));
    await until(() => log.dropped === 2_000);
    await log.close();
  },
);

test("what waits for the disk is bounded", async () => {
  const log = createAccessLog({ file: path.join(folder(), "access.log"), bufferBytes: 10_000 });
  // All in one turn of the event loop: nothing can have been written in between.
  for (let n = 0; n < 20_000; n++) log.write(line(n));
  expect(log.dropped).toBeGreaterThan(15_000);
  await log.close();
});
