import * as fc from "fast-check";
import type { Answer } from "../../../src/delivery/gate.ts";
import type { Command } from "../../../src/delivery/machine.ts";
import type { Change } from "../../../src/delivery/release.ts";
import { changeOf, firstOf, errorsAbove, healthOf, migrate, migrated, smoke, snapshot } from "./plans.ts";
import type { Behaviour } from "../../../src/rehearse/world/behaviour.ts";

// Releases, worlds and people as they come.

const approval = { gate: "approval", role: { ref: "roles.ops" }, expires: "10m" };
const requires = fc.subarray([errorsAbove, migrated, approval, { gate: "green", environment: { ref: "environments.staging" } }]);
const shared = fc.record({
  requires,
  before: fc.subarray([snapshot, migrate]),
  after: fc.subarray([healthOf("api"), smoke, errorsAbove]),
  rollbackWindow: fc.constantFrom("30s", "3m"),
});
const steps = [
  { to: "5%", bake: "2m" },
  { to: "50%", bake: "1m" },
];
const share = fc.constantFrom(0, 1, 2, "25%", "100%");

export const strategies: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    shared,
    fc.oneof(
      fc.record({
        strategy: fc.constant("canary"),
        steps: fc.constant(steps),
        compare: fc.option(fc.constant({}), { nil: undefined }),
      }),
      fc.record({ strategy: fc.constant("blue-green"), retireAfter: fc.constantFrom("1m", "5m") }),
      fc.record({ strategy: fc.constant("rolling"), surge: share, unavailable: share }),
      fc.record({ strategy: fc.constant("recreate") }),
    ),
  )
  .map(([common, own]) => JSON.parse(JSON.stringify({ ...common, ...own })) as Record<string, unknown>);

export const changeSets: fc.Arbitrary<readonly Change[]> = fc
  .tuple(
    fc.subarray(["api", "web", "jobs"], { minLength: 1 }),
    fc.integer({ min: 1, max: 5 }),
    fc.subarray(["api", "web", "jobs"], { maxLength: 1 }),
  )
  .map(([services, replicas, isNew]) =>
    services.map((service) => {
      const given = { replicas: service === "web" ? 2 : replicas };
      return isNew.includes(service) ? { ...firstOf(service), ...given } : changeOf(service, given);
    }),
  );

const afterMs = fc.constantFrom(0, 100, 2_000, 30_000);

/** Some become ready late or never, crash, lose a replica, fail requests. */
export const behaviours: fc.Arbitrary<Behaviour> = fc
  .record(
    {
      readyAfterMs: afterMs,
      crashesAfterMs: fc.constantFrom(1_000, 60_000, 600_000),
      givesUpAfter: fc.constantFrom(1, 5),
      loses: fc.array(
        fc.integer({ min: 0, max: 3_600_000 }).map((fromMs) => ({ fromMs, untilMs: fromMs + 45_000 })),
        { maxLength: 3 },
      ),
      errorShare: fc.constantFrom(0, 0.02, 0.5),
    },
    { requiredKeys: [] },
  )
  .map((given) =>
    given.crashesAfterMs === undefined
      ? { readyAfterMs: 2_000, ...given }
      : { ...given, readyAfterMs: given.readyAfterMs ?? 2_000 },
  );

export const brokenOrNot: fc.Arbitrary<Behaviour> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ readyAfterMs: 2_000 }) },
  { weight: 3, arbitrary: behaviours },
  { weight: 1, arbitrary: fc.constant({}) },
);

export const verbs = [
  "promote",
  "promote-full",
  "pause",
  "resume",
  "abort",
  "retry",
  "skip",
  "approve",
  "reject",
  "supersede",
  "nonsense",
];

export function commandsUpTo(untilMs: number): fc.Arbitrary<readonly Command[]> {
  return fc.array(
    fc
      .record({
        atMs: fc.integer({ min: 0, max: untilMs }),
        verb: fc.constantFrom(...verbs),
        step: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
        reason: fc.option(fc.constant("because"), { nil: undefined }),
        name: fc.constantFrom("ada", "grace"),
        roles: fc.subarray(["ops", "dev"]),
      })
      .map(({ step, reason, name, ...rest }) => ({
        id: `${rest.verb}-${rest.atMs}-${name}`,
        by: { kind: "person" as const, name },
        ...rest,
        ...(step === undefined ? {} : { step }),
        ...(reason === undefined ? {} : { reason }),
      })),
    { maxLength: 6 },
  );
}

/** What gates are told, over and over; undefined where nobody can tell. */
export const answerLists: fc.Arbitrary<readonly (Answer["verdict"] | undefined)[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.constant("pass" as const) },
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constant("inconclusive" as const) },
    { weight: 1, arbitrary: fc.constant("fail" as const) },
  ),
  { minLength: 1, maxLength: 12 },
);

export const fateLists = fc
  .array(fc.constantFrom("done" as const, "lost" as const, "twice" as const, "half" as const), { maxLength: 8 })
  .map((fates) => [...fates, "done" as const]);

/** Most looks see something. */
export const sights = fc
  .array(
    fc.integer({ min: 0, max: 9 }).map((drawn) => drawn > 0),
    { maxLength: 7 },
  )
  .map((sees) => [...sees, true]);
