import { Cron } from "croner";
import { array, assert, constantFrom, integer, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { nextAfter } from "./cron.ts";

test("what was asked before changes no answer, in whatever order one asks", () => {
  const schedules = ["*/5 * * * *", "0 3 * * *", "0 3 1 1 *", "30 2 29 2 *"];
  const moment = integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2032, 0, 1) });
  assert(
    property(array(tuple(constantFrom(...schedules), moment), { maxLength: 20 }), (asked) => {
      for (const [schedule, atMs] of asked)
        for (const ms of [atMs, atMs + 1, atMs + 60_000]) {
          const next = new Cron(schedule, { timezone: "UTC", paused: true }).nextRun(new Date(ms));
          expect(nextAfter(schedule, new Date(ms))).toEqual(next);
        }
    }),
    { numRuns: 30 },
  );
});

test("the moment itself is not after itself", () => {
  const at = new Date(Date.UTC(2026, 0, 1, 3));
  expect(nextAfter("0 3 * * *", new Date(at.getTime() - 1))).toEqual(at);
  expect(nextAfter("0 3 * * *", at)).toEqual(new Date(Date.UTC(2026, 0, 2, 3)));
});
