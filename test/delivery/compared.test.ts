import { expect, test } from "vitest";
import { drive } from "../support/delivery/drive.ts";
import { begun, canary, planOf } from "../support/delivery/plans.ts";
import { createSimulatedTarget } from "../../src/rehearse/world/simulated-target.ts";

// A new revision that nothing but the comparison finds: its watch is told that all is well.

const world = (bad: object) =>
  createSimulatedTarget({
    serving: { api: { revision: "api-1", replicas: 2 } },
    behaviours: { "api-2": { readyAfterMs: 1_000, ...bad } },
    requestsPerSecond: 100,
  });

test.each([
  ["fails one request in twenty", { errorShare: 0.05 }, /^api: errors: /],
  ["is slower than before", { isSlow: true }, /^api: slower than 500 ms/],
])("a canary that %s is taken back at 5%, and nobody else is sent to it", (_, bad, because) => {
  const target = world(bad);
  const { run } = drive(begun(planOf(canary)), { target });
  expect(run.because).toMatch(because);
  expect([run.phase, run.plan.steps[run.at]?.name]).toEqual(["degraded", "5%"]);
  expect(target.services()["api"]?.shares).toEqual([{ revision: "api-1", weightPercent: 100 }]);
});

test("one that is as good as the old one is not", () => {
  const { run } = drive(begun(planOf({ ...canary, compare: {} })), { target: world({}) });
  expect(run.phase).toBe("healthy");
});
