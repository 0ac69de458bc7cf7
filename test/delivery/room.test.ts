import { expect, test } from "vitest";
import { compilePlan, lacksRoom } from "../../src/delivery/compile/compile-plan.ts";
import type { Room } from "../../src/delivery/compile/room.ts";
import type { Observed } from "../../src/delivery/observed.ts";
import type { Change } from "../../src/delivery/release.ts";
import { describePlan } from "../../src/delivery/words/describe-plan.ts";
import { drive } from "../support/delivery/drive.ts";
import { begun, canary, changeOf, environmentOf } from "../support/delivery/plans.ts";
import { type SimulatedTarget, createSimulatedTarget } from "../../src/rehearse/world/simulated-target.ts";

// An environment may have so many replicas and not one more: a release finds its way within that, or says beforehand that there is none.

const roomOf = (most: number, running: number, more: Partial<Room> = {}): Room => ({
  most,
  free: most - running,
  spare: 0,
  takeable: 0,
  ...more,
});
const api = (replicas: number): Change => changeOf("api", { replicas });
const web = (replicas: number): Change => changeOf("web", { replicas });
const jobs = changeOf("jobs", { replicas: 1 });
const running = (services: Observed["services"]): number =>
  Object.values(services)
    .flatMap(({ revisions }) => Object.values(revisions))
    .reduce((sum, { state, wanted }) => (state === "idle" ? sum : sum + wanted), 0);

function most(target: SimulatedTarget, plan: ReturnType<typeof compilePlan>, changes: readonly Change[]) {
  let highest = 0;
  const { run } = drive(begun(plan, changes), {
    target,
    check: ({ observed }) => (highest = Math.max(highest, running(observed.services))),
  });
  return { highest, phase: run.phase, because: run.because };
}

test.each([
  { says: "five of five", changes: [api(5)], room: roomOf(5, 5), by: "5 replicas, with at most 1 fewer at a time" },
  { says: "four of five", changes: [api(4)], room: roomOf(5, 4), by: "4 replicas, with at most 1 more at a time" },
  {
    says: "half more, and room for one",
    changes: [api(4)],
    room: roomOf(5, 4),
    surge: "50%",
    by: "4 replicas, with at most 1 more at a time",
  },
  {
    says: "two services and room for one",
    changes: [api(2), web(2)],
    room: roomOf(5, 4),
    by: "2 replicas, with at most 1 fewer at a time",
  },
  {
    says: "two services and room for both",
    changes: [api(2), web(2)],
    room: roomOf(6, 4),
    by: "2 replicas, with at most 1 more at a time",
  },
  {
    says: "a worker takes over at the end",
    changes: [api(2), jobs],
    room: roomOf(5, 3),
    by: "2 replicas, with at most 1 more at a time",
  },
])("rolling: $says is never more than there may be, and ends well", ({ changes, room, surge, by }) => {
  const strategy = { strategy: "rolling", ...(surge === undefined ? {} : { surge }) };
  expect(lacksRoom(environmentOf(strategy), changes, room)).toBe(0);
  const plan = compilePlan(environmentOf(strategy), changes, { speed: 1, room });
  expect(describePlan(plan)).toContain(`Rolling: ${by}.`);
  const serving = Object.fromEntries(changes.map(({ service, from, replicas }) => [service, { revision: from ?? "", replicas }]));
  const seen = most(createSimulatedTarget({ serving }), plan, changes);
  expect(seen).toMatchObject({ phase: "healthy", because: undefined });
  expect(seen.highest).toBeLessThanOrEqual(room.most);
});

test.each([
  { says: "rolling one of one", strategy: { strategy: "rolling" }, changes: [api(1)], room: roomOf(1, 1), lacks: 1 },
  { says: "rolling one of two", strategy: { strategy: "rolling" }, changes: [api(1)], room: roomOf(2, 1), lacks: 0 },
  { says: "one that has to stop first", strategy: { strategy: "recreate" }, changes: [api(1)], room: roomOf(1, 1), lacks: 0 },
  { says: "a canary of one of one", strategy: canary, changes: [api(1)], room: roomOf(1, 1), lacks: 1 },
  { says: "a canary that takes one of two", strategy: canary, changes: [api(2)], room: roomOf(2, 2, { takeable: 1 }), lacks: 0 },
  {
    says: "two blue-green of two",
    strategy: { strategy: "blue-green" },
    changes: [api(1), web(1)],
    room: roomOf(2, 2),
    lacks: 2,
  },
  {
    says: "one, once what stands by rests",
    strategy: { strategy: "rolling" },
    changes: [api(1)],
    room: roomOf(2, 2, { spare: 1 }),
    lacks: 0,
  },
  { says: "a worker without room beside it", strategy: { strategy: "rolling" }, changes: [jobs], room: roomOf(1, 1), lacks: 1 },
  { says: "more than there may be already", strategy: { strategy: "rolling" }, changes: [api(1)], room: roomOf(1, 3), lacks: 1 },
])("$says lacks $lacks", ({ strategy, changes, room, lacks }) => {
  expect(lacksRoom(environmentOf(strategy), changes, room)).toBe(lacks);
});

test("what stands by for the release before rests before anything new starts, where there is no room for both", () => {
  const changes = [api(1)];
  const standing = () => {
    const target = createSimulatedTarget({ serving: { api: { revision: "api-1", replicas: 1 } } });
    target.carryOut([{ effect: "start", service: "api", revision: "api-0", replicas: 1 }]);
    target.pass(10_000);
    return target;
  };
  const environment = environmentOf({ strategy: "rolling" });
  const crowded = compilePlan(environment, changes, { speed: 1, room: roomOf(2, 2, { spare: 1 }) });
  expect(describePlan(crowded)).toContain(
    "The environment may have 2 replicas: what stands by for the release before rests first.",
  );
  expect(most(standing(), crowded, changes)).toEqual({ highest: 2, phase: "healthy", because: undefined });
  expect(most(standing(), compilePlan(environment, changes, { speed: 1 }), changes)).toMatchObject({
    highest: 3,
    phase: "healthy",
  });
});
