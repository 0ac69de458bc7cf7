import { expect, test } from "vitest";
import { parseKeptLine } from "../../system/kept-line.ts";
import { backOffMs, usualBackOff } from "./back-off.ts";
import { exitReason, saysPortTaken, startReason } from "./exit-reason.ts";
import { logDocuments, traceOf } from "./log-document.ts";
import { spanWords } from "./span-words.ts";

test.each([
  [0, "0 ms"],
  [120.4, "120 ms"],
  [300, "0.3 s"],
  [1_000, "1 s"],
  [9_940, "9.9 s"],
  [9_950, "10 s"],
  [59_600, "1 min"],
  [185_000, "3 min 5 s"],
  [7_800_000, "2 h 10 min"],
])("%d ms is said as %s", (ms, words) => {
  expect(spanWords(ms)).toBe(words);
});

test.each([
  [{ status: 1, signal: null }, [], "ended with status 1 after 0.3 s"],
  [{ status: null, signal: "SIGKILL" }, [], "was killed by SIGKILL (out of memory?) after 0.3 s"],
  [{ status: null, signal: "SIGSEGV" }, [], "was ended by SIGSEGV after 0.3 s"],
  [{ status: 143, signal: null }, [], "ended with status 143 (SIGTERM inside) after 0.3 s"],
  [
    { status: null, signal: "SIGABRT" },
    ["FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"],
    "was ended by SIGABRT (its heap was full) after 0.3 s",
  ],
] as const)("%j says why", (exit, tail, words) => {
  expect(exitReason({ ...exit, ranMs: 300 }, tail)).toBe(words);
});

test("a value that cannot be handed on is not repeated", () => {
  const error = Object.assign(new Error("Received 'hunter2\\x00'"), { code: "ERR_INVALID_ARG_VALUE" });
  expect(startReason(error, "node", "/")).not.toContain("hunter2");
});

test.each([
  ["Error: listen EADDRINUSE: address already in use 127.0.0.1:80", true],
  ["bind: Address already in use", true],
  ["OSError: [Errno 98] Address in use", false],
  ["all is well", false],
])("%s", (line, taken) => {
  expect(saysPortTaken([line])).toBe(taken);
});

test("a wait doubles up to the slowest, and half of it is chance", () => {
  const of = (random: number): readonly number[] =>
    [1, 2, 8, 9, 5_000].map((row) => backOffMs(row, { ...usualBackOff, random: () => random }));
  expect(of(1)).toEqual([200, 400, 25_600, 30_000, 30_000]);
  expect(of(0)).toEqual([100, 200, 12_800, 15_000, 15_000]);
});

test.each([
  ['{"trace_id":"abc"}', "abc"],
  ['{"level":1,"traceId":"a-1"}', "a-1"],
  ['{"trace_id":5}', undefined],
  ['{"trace_id":"a b"}', undefined],
  ['{"inner":{"trace_id":"abc"}}', undefined],
  ['{"trace_id":"abc"', undefined],
  ['"trace_id":"abc"', undefined],
])("the trace of %s is %s", (line, trace) => {
  expect(traceOf(line)).toBe(trace);
});

test("what is written is read back the same", () => {
  const origin = { environment: "dev", service: "api", revision: "r", replica: "1" };
  const line = '{"trace_id":"t1","text":"\u009b \u2028 \ud800 "}';
  const document = logDocuments(origin, "err", [line], "2026-01-01T00:00:00.000Z");
  // eslint-disable-next-line no-control-regex -- that there are none is the point
  expect(document.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]/);
  expect(parseKeptLine(document)).toEqual({ ...origin, stream: "err", line, time: "2026-01-01T00:00:00.000Z", trace_id: "t1" });
});
