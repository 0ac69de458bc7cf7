import { describe, expect, test } from "vitest";
import { workersFor } from "./queue-scaling.ts";

const none = { waiting: 0, quietMs: 0, now: 1 };

describe("how many workers", () => {
  test.each([
    ["one for each so many jobs", { min: 0, max: 5, waiting: 100 }, { ...none, waiting: 250 }, 3],
    ["never more than the most", { min: 0, max: 5, waiting: 100 }, { ...none, waiting: 9_000 }, 5],
    ["one as soon as something waits", { min: 0, max: 5, waiting: 100, idleMs: 1 }, { ...none, waiting: 1, now: 0 }, 1],
    [
      "those that are there stay while it is not yet idle",
      { min: 0, max: 5, waiting: 100, idleMs: 900 },
      { ...none, quietMs: 899, now: 3 },
      3,
    ],
    ["none after it has been idle", { min: 0, max: 5, waiting: 100, idleMs: 900 }, { ...none, quietMs: 900, now: 3 }, 0],
    ["at least one where nothing is said of idling", { min: 0, max: 5 }, { ...none, quietMs: 1e9, now: 0 }, 1],
    ["at least the least", { min: 2, max: 5, waiting: 100 }, { ...none, waiting: 1, now: 2 }, 2],
  ])("%s", (_rule, scale, load, wanted) => {
    expect(workersFor(scale, load)).toBe(wanted);
  });
});
