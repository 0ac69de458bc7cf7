import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRecordStore } from "../../signals/logs/record-store.ts";
import { storedSpan } from "../../signals/otlp/stored.ts";
import { findTrace } from "./find-trace.ts";
import { linesWith } from "./lines-with.ts";
import { searchLogs } from "./search-logs.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "gantry-logs-"));
  await mkdir(path.join(folder, "dev"));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const write = (name: string, lines: readonly object[]) =>
  writeFile(path.join(folder, "dev", name), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
const at = (second: number) => new Date(1_700_000_000_000 + second * 1_000).toISOString();
const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const printed = (second: number, line: string, more: object = {}) => ({
  time: at(second),
  environment: "dev",
  service: "api",
  revision: "api-1",
  replica: "r1",
  stream: "out",
  line,
  ...more,
});
const request = (second: number, pathname: string, status: number, more: object = {}) => ({
  time: at(second),
  environment: "dev",
  service: "api",
  revision: "api-1",
  replica: "r1",
  method: "GET",
  host: "api.dev.localhost",
  path: pathname,
  status,
  durationMs: 250,
  bytesIn: 0,
  bytesOut: 9,
  trace_id: trace,
  span_id: "00f067aa0ba902b7",
  ...more,
});

const search = async (query: object) => (await searchLogs(folder, { environment: "dev", ...query })).map(({ line }) => line);

describe("what services printed", () => {
  beforeEach(async () => {
    await write("api.log.1", [
      printed(1, '{"level":"info","message":"old"}'),
      printed(2, '{"level":"error","message":"old failure"}'),
    ]);
    await write("api.log", [
      printed(5, '{"level":"info","message":"say \\"hello\\""}', { trace_id: trace }),
      printed(7, "a stack", { stream: "err" }),
      printed(9, `it only mentions ${trace}`),
    ]);
    await write("web.log", [printed(6, '{"level":"warn","message":"slow"}', { service: "web", trace_id: trace })]);
    await write("_gateway.log", [request(8, "/api/jobs", 503), request(4, "/health", 200, { trace_id: "" })]);
  });

  test.each([
    [{}, 6],
    [{ service: "web" }, 1],
    [{ traceId: trace }, 2],
    [{ traceId: trace, requests: true }, 3],
    [{ level: "warn" }, 3],
    [{ level: "error" }, 2],
    [{ level: "error", requests: true }, 3],
    [{ text: "old" }, 2],
    [{ text: "old", level: "error" }, 1],
    [{ text: 'say \\"hello' }, 1],
    [{ text: "/health", requests: true }, 1],
    [{ sinceMs: 1_700_000_006_000 }, 3],
    [{ sinceMs: 1_700_000_005_000, untilMs: 1_700_000_006_000 }, 2],
    [{ text: "nowhere" }, 0],
  ])("%j finds %i", async (query, count) => {
    expect(await search(query)).toHaveLength(count);
  });

  test("comes in the order of time, over services and files; the newest so many", async () => {
    expect((await searchLogs(folder, { environment: "dev", requests: true })).map(({ time }) => time)).toEqual(
      [1, 2, 4, 5, 6, 7, 8, 9].map(at),
    );
    expect(await search({ limit: 2 })).toEqual(["a stack", `it only mentions ${trace}`]);
    expect(await search({ text: "old", limit: 1 })).toEqual(['{"level":"error","message":"old failure"}']);
  });

  test("of a trace, with the spans that were sent and the gateway's own", async () => {
    const spans = createRecordStore();
    spans.append(
      storedSpan({
        traceId: trace,
        spanId: "1".repeat(16),
        parentId: "00f067aa0ba902b7",
        service: "api",
        revision: "api-1",
        replica: "r1",
        name: "handle",
        kind: "server",
        startMs: 1_700_000_007_800,
        durationMs: 100,
        failed: true,
        message: "",
        attributes: {},
        events: [],
      }),
    );
    const found = await findTrace(trace, { logFolder: folder, environment: "dev", spans });
    expect(found.spans).toMatchObject([
      { service: "gateway", name: "GET /api/jobs", startMs: 1_700_000_007_750, failed: true, attributes: { status: 503 } },
      { service: "api", name: "handle" },
    ]);
    expect(found.lines.map(({ service }) => service)).toEqual(["api", "web"]);
  });

  test("is nothing where there is no such environment or service", async () => {
    expect(await searchLogs(folder, { environment: "prod" })).toEqual([]);
    expect(await search({ service: "nobody" })).toEqual([]);
    await expect(search({ service: "../x" })).rejects.toMatchObject({ code: "bad-log-name" });
  });
});

test("lines with some bytes are found whatever the size of the pieces they are read in", async () => {
  const file = path.join(folder, "lines");
  const line = fc.string({ unit: fc.constantFrom("a", "b", "ü", "c"), maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 20 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
      async (lines, ended, size) => {
        await writeFile(file, lines.join("\n") + (ended ? "\n" : ""));
        const handle = await open(file);
        try {
          for (const needle of ["ab", "ü", "zz", undefined]) {
            const found: string[] = [];
            for await (const one of linesWith(handle, needle === undefined ? undefined : Buffer.from(needle), size))
              found.push(one);
            // Half a line at the end is not written in full yet.
            const whole = ended ? lines : lines.slice(0, -1);
            expect(found).toEqual(
              lines.length === 0 && ended
                ? needle === undefined
                  ? [""]
                  : []
                : whole.filter((one) => needle === undefined || one.includes(needle)),
            );
          }
        } finally {
          await handle.close();
        }
      },
    ),
    { numRuns: 150 },
  );
});
