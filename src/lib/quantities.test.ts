import { expect, test } from "vitest";
import { bytesOf, durationMs, parseBytes, parseDurationMs, parseShare, shareOf } from "./quantities.ts";

test.each([
  ["250ms", 250],
  ["90s", 90_000],
  ["1.5h", 5_400_000],
  ["7d", 604_800_000],
  ["2w", 1_209_600_000],
])("%s is %d ms", (text, ms) => expect(durationMs(text)).toBe(ms));

test.each(["", "5", "m", "-5m", "5 m", "5M", "1e3s", "Infinitys", "٣s", "1h30m", "200y"])("%j is no duration", (text) =>
  expect(parseDurationMs(text)).toBeUndefined(),
);

test("shares and sizes", () => {
  expect(shareOf("2.5%")).toBe(0.025);
  expect(parseShare("2")).toBeUndefined();
  expect(bytesOf("1.5Gi")).toBe(1_610_612_736);
  expect(parseBytes("5GB")).toBeUndefined();
  expect(() => durationMs("soon")).toThrow(TypeError);
});
