import { expect, test } from "vitest";
import { duration } from "./progress.ts";

test.each([
  [250, "250 ms"],
  [1_240, "1.2 s"],
  [59_970, "1 min"],
  [90_000, "1 min 30 s"],
  [3_599_700, "1 h"],
  [5_400_000, "1 h 30 min"],
])("%i ms are %s, and never sixty of anything", (ms, said) => {
  expect(duration(ms)).toBe(said);
});
