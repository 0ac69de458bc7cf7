import { expect, test } from "vitest";
import { daily, monthly, weekly } from "./language/units.ts";
import { cronProblem } from "./schedule.ts";

test.each(["0 3 * * 0", "*/5 * * * *", "0 20 * * 1-5", "0 0 29 2 *", "15,45 0-6/2 1 jan,jul mon", "59 23 31 12 7"])(
  "%s is a schedule",
  (text) => {
    expect(cronProblem(text)).toBeUndefined();
  },
);

test.each([
  ["60 * * * *", "minute"],
  ["* 24 * * *", "hour"],
  ["* * 0 * *", "day of the month"],
  ["* * * 13 *", "month"],
  ["* * * * 8", "day of the week"],
  ["* * * *", "five fields"],
  ["* * * * * *", "five fields"],
  ["@daily", "five fields"],
  ["0 0 30 2 *", "never comes"],
  ["0 0 31 4,6,9,11 *", "never comes"],
  ["5-1 * * * *", "backwards"],
  ["*/0 * * * *", "steps by nothing"],
  ["a * * * *", "minute"],
  ["0 3 * * funday", "day of the week"],
])("%s is none: %s", (text, because) => {
  expect(cronProblem(text)).toContain(because);
});

test("the helpers write schedules", () => {
  expect([weekly("sunday", "03:00"), daily("02:30"), monthly(1, "04:00")]).toEqual(["0 3 * * 0", "30 2 * * *", "0 4 1 * *"]);
  expect(cronProblem(daily("25:00"))).toContain("hour");
});
