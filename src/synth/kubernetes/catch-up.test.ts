import { expect, test } from "vitest";
import { catchUpSeconds } from "./catch-up.ts";

// Kubernetes does not start a job of which it has missed more than a hundred times within its deadline.
test.each([
  ["* * * * *", 89 * 60],
  ["*/5 * * * *", 89 * 300],
  ["30 2 * * *", 86_400],
  ["0 9 * * 1", 86_400],
  ["0 0 29 2 *", 86_400],
])("what comes at %s may be %d seconds late, which is never too many times", (schedule, seconds) => {
  expect(catchUpSeconds(schedule)).toBe(seconds);
});
