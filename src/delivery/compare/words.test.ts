import { expect, test } from "vitest";
import { asNumber, asOdds, asShare, asSpan } from "./words.ts";

test("numbers have the digits that count", () => {
  expect([0.555_5, 1.25, 4.987, 620, 5_580.4, 0.000_012_3].map(asNumber)).toEqual([
    "0.56",
    "1.25",
    "4.99",
    "620",
    "5,580",
    "0.000012",
  ]);
  expect([0, 0.000_443, 0.0525, 0.1, 1].map(asShare)).toEqual(["0 %", "0.044 %", "5.3 %", "10 %", "100 %"]);
  expect([0.2, 7.77, 40, 1_234.5, 1e200].map(asOdds)).toEqual([
    "0.2 to 1",
    "7.8 to 1",
    "40 to 1",
    "1,235 to 1",
    "more than 1,000,000 to 1",
  ]);
});

test("spans are rounded up, in the unit that a person would use", () => {
  expect([0, 999, 1_000, 59_000, 60_000, 61_000, 7_199_000, 7_200_000, 172_800_000].map(asSpan)).toEqual([
    "0 seconds",
    "1 second",
    "1 second",
    "59 seconds",
    "1 minute",
    "2 minutes",
    "120 minutes",
    "2 hours",
    "2 days",
  ]);
});
