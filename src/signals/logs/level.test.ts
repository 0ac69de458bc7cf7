import { expect, test } from "vitest";
import { levelOfLine, levelOfNumber, levelOfWord } from "./level.ts";

test.each([
  ['{"time":"x","level":"warn","message":"error"}', "warn"],
  ['{"severity":"CRITICAL"}', "error"],
  ['{"level":30,"msg":"pino"}', "info"],
  ['{"level":20,"msg":"pino"}', "debug"],
  ["[error] x", "error"],
  ['{"level":50}', "error"],
  ['{"message":"no level"}', undefined],
  ["2026-11-21T10:00:00Z ERROR something", "error"],
  ["[WARN] careful", "warn"],
  ["info: listening", "info"],
  ["10:00:00.123 DEBUG main", "debug"],
  ["the error is here", undefined],
  ["", undefined],
])("%s", (line, level) => {
  expect(levelOfLine(line)).toBe(level);
});

test.each([
  [1, "debug"],
  [8, "debug"],
  [9, "info"],
  [13, "warn"],
  [17, "error"],
  [24, "error"],
])("severity %i is %s", (number, level) => {
  expect(levelOfNumber(number)).toBe(level);
});

test("no word of JavaScript's own is a level", () => {
  expect(levelOfWord("constructor")).toBeUndefined();
});
