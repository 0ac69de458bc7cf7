import { expect, test } from "vitest";
import type { SloRule } from "../rules/ruleset.ts";
import { sloQuestions, sloStatus } from "./slo-status.ts";

const day = 86_400_000;
const hour = 3_600_000;
const slo: SloRule = {
  name: "API",
  id: "Api",
  target: 0.999,
  windowMs: 30 * day,
  bad: 'slo:errors:rate5m{slo="API"}',
  total: 'slo:total:rate5m{slo="API"}',
};
const everyMs = 30_000;
const samples = (ms: number) => ms / everyMs;
/** Sums of rates, for so many a second over the whole of each window. */
const steady = (perSecond: number, badPerSecond: (overMs: number) => number) =>
  sloQuestions(slo).map(({ overMs }) => ({
    overMs,
    total: perSecond * samples(overMs),
    bad: badPerSecond(overMs) * samples(overMs),
  }));

test("the questions are the SLO's window and those of its burn alerts", () => {
  expect(sloQuestions(slo).map(({ overMs }) => overMs / 60_000)).toEqual([43_200, 5, 30, 60, 120, 360, 1_440, 4_320]);
  expect(sloQuestions(slo)[0]?.bad).toBe('sum_over_time(slo:errors:rate5m{slo="API"}[30d])');
});

test("what was good, bad and left is counted", () => {
  // 10 a second for 30 days are 25,920,000; a thousandth of that may fail, and half of that did.
  const found = sloStatus(
    slo,
    steady(10, () => 0.005),
    everyMs,
  );
  expect(found).toMatchObject({
    total: 25_920_000,
    bad: 12_960,
    good: 25_907_040,
    budgetLeft: 12_960,
    budgetLeftShare: 0.5,
    keeps: true,
  });
  expect(found?.burns.every(({ times }) => times === 0.5)).toBe(true);
  expect(found).not.toHaveProperty("exhaustedInMs");
});

test("at the pace of the last hour it is known when the budget is gone", () => {
  // A tenth of the budget is gone; now 1 % fails, ten times too fast: what is left is gone in nine tenths of a tenth of 30 days.
  const found = sloStatus(
    slo,
    steady(10, (overMs) => (overMs <= 2 * hour ? 0.1 : overMs === slo.windowMs ? 0.001 : 0.01)),
    everyMs,
  );
  expect(found?.exhaustedInMs).toBe(Math.round(0.09 * 30 * day));
});

test("a budget that is gone says so, whatever the pace", () => {
  const found = sloStatus(
    slo,
    steady(10, (overMs) => (overMs === slo.windowMs ? 0.02 : 0)),
    everyMs,
  );
  expect(found).toMatchObject({ budgetLeftShare: -1, keeps: false, exhaustedInMs: 0 });
});

test("without traffic no promise is kept, and none is broken", () => {
  expect(
    sloStatus(
      slo,
      steady(0, () => 0),
      everyMs,
    ),
  ).toBeUndefined();
  expect(sloStatus(slo, [], everyMs)).toBeUndefined();
});

test("a target of 50 % has no windows that could never ring", () => {
  const overs = sloQuestions({ ...slo, target: 0.5 }).map(({ overMs }) => overMs / hour);
  expect(overs).toEqual([720, 6, 72]);
});
