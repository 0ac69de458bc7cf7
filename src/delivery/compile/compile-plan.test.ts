import { describe, expect, test } from "vitest";
import {
  changeOf,
  canary,
  environmentOf,
  errorsAbove,
  firstOf,
  healthOf,
  migrate,
  migrated,
  planOf,
  smoke,
} from "../../../test/support/delivery/plans.ts";
import type { Plan } from "../plan.ts";
import { byOwnClock } from "./by-own-clock.ts";
import { compilePlan } from "./compile-plan.ts";
import { batchOf } from "./rolling.ts";

const names = (plan: Plan) => plan.steps.map(({ name }) => name);
const gatesAt = (plan: Plan, name: string) => plan.steps.find((step) => step.name === name)?.gates.map(({ gate }) => gate);
const gatesOf = (plan: Plan, kind: string) => plan.steps.flatMap(({ gates }) => gates).filter(({ gate }) => gate === kind);
const approval = { gate: "approval", role: { ref: "roles.ops" }, expires: "2h" };

test("what needs no preparation is asked first, what depends on it after it, and what may have changed once more", () => {
  const burn = { gate: "burn", slo: { ref: "slos.API" }, below: "2%" };
  const check = { gate: "check", check: { ref: "checks.lint" } };
  const plan = planOf({ ...canary, before: [migrate], requires: [migrated, check, burn, errorsAbove, healthOf("api")] });
  expect(names(plan)).toEqual(["before", "prepare", "start", "5%", "50%", "100%", "verify"]);
  expect(gatesAt(plan, "before")).toEqual(["check", "burn", "signal"]);
  expect(gatesAt(plan, "start")).toEqual(["migrated", "burn", "signal", "health"]);
});

test("a migration that nothing here runs is asked for at once", () => {
  expect(gatesAt(planOf({ ...canary, requires: [migrated] }), "before")).toEqual(["migrated"]);
});

test("ids of gates tell steps and twins apart", () => {
  const plan = planOf({ ...canary, after: [smoke, { ...smoke, command: "npm run other" }] });
  const ids = plan.steps.flatMap(({ gates }) => gates.map(({ id }) => id));
  expect(ids).toEqual(["5%: smoke", "5%: smoke (2)", "50%: smoke", "50%: smoke (2)", "verify: smoke", "verify: smoke (2)"]);
});

test("a freeze is asked about where there is one that stops this", () => {
  const freezes = { xmas: { from: "2026-12-24", until: "2026-12-27", because: "holidays", stops: ["promote"] } };
  const plan = compilePlan(environmentOf({ ...canary, before: [migrate] }, { freezes }), [changeOf("api")], { speed: 1 });
  expect(names(plan)[0]).toBe("prepare");
  expect(gatesAt(plan, "5%")).toEqual(["health", "freeze"]);
  const all = { xmas: { from: "2026-12-24", until: "2026-12-27", because: "holidays" } };
  const stopped = compilePlan(environmentOf({ ...canary, before: [migrate] }, { freezes: all }), [changeOf("api")], { speed: 1 });
  expect(gatesAt(stopped, "before")).toEqual(["freeze", "freeze"]);
});

describe("speed", () => {
  const strategy = {
    ...canary,
    after: [healthOf("api"), { ...smoke, timeout: "10m" }],
    requires: [approval],
    compare: { warmUp: "2m" },
  };
  const [slow, fast] = [planOf(strategy, [changeOf("api")], 1), planOf(strategy, [changeOf("api")], 60)];
  const gate = (plan: Plan, name: string) => plan.steps.flatMap(({ gates }) => gates).find((one) => one.gate === name);

  test("divides what a policy waits for", () => {
    const spans = (plan: Plan) => [plan.windowMs, plan.comparison?.warmUpMs, ...plan.steps.map(({ bakeMs }) => bakeMs)];
    expect(spans(fast)).toEqual(spans(slow).map((ms) => (ms ?? 0) / 60));
    expect(gate(fast, "approval")).toMatchObject({ expiresMs: 120_000 });
    expect(gate(fast, "health")).toMatchObject({ everyMs: 250, tries: 30 });
  });

  test("leaves alone what the machine does, and what is written of signals", () => {
    expect(gate(fast, "smoke")).toMatchObject({ timeoutMs: 600_000 });
    expect(fast.readyDeadlineMs).toBe(slow.readyDeadlineMs);
    expect(fast.watches).toEqual(slow.watches);
    const step = fast.steps.find(({ name }) => name === "5%");
    expect(step?.deadlineMs).toBeGreaterThan(600_000);
  });
});

describe("by the policy's own clock", () => {
  const told = (release: Record<string, unknown>, speed: number) => byOwnClock(planOf(release, [changeOf("api")], speed), speed);

  test("a plan at speed is as the policy says, where nothing lasts longer than it would", () => {
    const bakes = (plan: Plan) => plan.steps.map(({ bakeMs }) => bakeMs);
    const { comparison, windowMs, retireAfterMs } = planOf(canary);
    const fast = told({ ...canary, requires: [approval] }, 2);
    expect(fast).toMatchObject({ comparison: { windowMs: comparison?.windowMs }, windowMs, retireAfterMs });
    expect(bakes(fast)).toEqual(bakes(planOf({ ...canary, requires: [approval] })));
    expect(gatesOf(fast, "approval")).toMatchObject([{ expiresMs: 7_200_000 }]);
    expect(fast.watches).toEqual(planOf(canary).watches);
    expect(told(canary, 1)).toEqual(planOf(canary));
  });

  test("what no machine does faster lasts longer", () => {
    const fast = told({ ...canary, after: [healthOf("api"), smoke] }, 60);
    expect(fast.comparison).toMatchObject({ warmUpMs: 300_000, windowMs: 60_000 });
    expect(gatesOf(fast, "health")[0]).toMatchObject({ everyMs: 15_000 });
    expect(gatesOf(fast, "smoke")[0]).toMatchObject({ timeoutMs: 300_000 * 60 });
    expect([fast.readyDeadlineMs, fast.lookEveryMs]).toEqual([36_000_000, 15_000]);
    expect(told({ ...canary, compare: { warmUp: "2m" } }, 60).comparison).toMatchObject({ warmUpMs: 120_000 });
  });
});

describe("where nobody could be compared with anybody", () => {
  test.each([
    ["only workers change", [changeOf("jobs")]],
    ["it is the first release", [firstOf("api")]],
  ])("%s: a canary has no partial steps", (_, changes) => {
    expect(names(planOf(canary, changes))).toEqual(["start", "100%", "verify"]);
  });
});

test.each([
  [{}, 1, { surge: 1, unavailable: 0 }],
  [{}, 10, { surge: 3, unavailable: 0 }],
  [{ surge: 0, unavailable: 0 }, 4, { surge: 1, unavailable: 0 }],
  [{ surge: 0, unavailable: 1 }, 4, { surge: 0, unavailable: 1 }],
  [{ unavailable: "25%" }, 4, { surge: 0, unavailable: 1 }],
  [{ surge: "10%", unavailable: "10%" }, 4, { surge: 1, unavailable: 0 }],
  [{ surge: 9, unavailable: 9 }, 4, { surge: 4, unavailable: 4 }],
])("a rolling update of %o and %i replicas goes by %o", (given, of, batch) => {
  expect(batchOf(given, of)).toEqual(batch);
});

test("a canary is always compared, and waits for the answer where the spec asks for it", () => {
  expect(planOf(canary).comparison).toMatchObject({ tolerance: 1.25, alpha: 0.05, beta: 0.1, latencyBoundsMs: [500] });
  expect(gatesAt(planOf(canary), "5%")).toEqual(["health"]);
  expect(gatesAt(planOf({ ...canary, compare: { tolerance: 1.5, falseAlarms: "1%" } }), "5%")).toEqual(["health", "compare"]);
});
