import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { advanceRelease } from "../../../src/delivery/advance/advance-release.ts";
import { canServe, isUp, oldReplicas, seenOf, shareOf } from "../../../src/delivery/advance/capacity.ts";
import { windowEndMs } from "../../../src/delivery/advance/step-changes.ts";
import type { Change, Release } from "../../../src/delivery/release.ts";
import type { Look } from "./drive.ts";

// What holds at every look, whatever the world does.

export function createLaws(): (look: Look) => void {
  let looks = 0;
  return (look) => {
    const { before, advanced, commands } = look;
    routesHold(look);
    restsHold(look);
    stepsHold(look);
    wayBackHolds(look);
    looks += 1;
    // Looks at which nothing happens are many and alike: one in ten will do.
    const isDull = before.phase === advanced.run.phase && before.record === advanced.run.record && commands.length === 0;
    if (!isDull || looks % 10 === 0) sameAgain(look);
  };
}

/** Weights sum to 100, and none is on a revision that was not ready when it was looked at. */
function routesHold({ advanced, observed }: Look): void {
  for (const effect of advanced.effects) {
    if (effect.effect !== "route") continue;
    const { service, shares } = effect;
    const sum = shares.reduce((all, { weightPercent }) => all + weightPercent, 0);
    // In a gap nobody has any of it.
    const hasGap = advanced.run.plan.steps.some(({ stopsOld }) => stopsOld === true);
    if (sum !== 100 && (shares.length > 0 || (!hasGap && changeOf(advanced.run, service).from !== undefined)))
      expect(shares).toBe("100 in all");
    for (const { revision, weightPercent } of shares)
      if (weightPercent <= 0 || !canServe(seenOf(observed, service, revision))) expect(shares).toBe("shares of ready revisions");
  }
}

/** An old revision rests when its traffic is gone and its time is over; a new one when it is taken back and has none. */
function restsHold({ advanced: { run, effects }, observed, nowMs }: Look): void {
  for (const effect of effects) {
    if (effect.effect !== "rest") continue;
    const change = changeOf(run, effect.service);
    const hasNone = shareOf(observed, effect.service, effect.revision) === 0;
    if (effect.revision === change.to) {
      expect([run.phase, hasNone]).toEqual(["reverting", true]);
    } else if (!mayRestEarly(run, change, { observed })) {
      expect([run.phase, hasNone, nowMs >= windowEndMs(run)]).toEqual(["watching", true, true]);
    }
  }
}

/** Nothing goes on from where it does not stand, nor before its time. */
function stepsHold({ before, advanced, observed, commands, nowMs }: Look): void {
  const step = before.plan.steps[before.at];
  if (step === undefined || advanced.run.at === before.at) return;
  expect(advanced.run.at).toBe(before.at + 1);
  const bakedMs = nowMs - (before.bakeSinceMs ?? nowMs);
  if (advanced.run.full === undefined && commands.length === 0 && bakedMs < step.bakeMs) expect(bakedMs).toBe(step.bakeMs);
  if (!step.runs) return;
  for (const { service, to, serves } of before.changes) {
    if (!serves) continue;
    if (!canServe(seenOf(observed, service, to))) expect([service, to]).toBe("ready");
    if (shareOf(observed, service, to) < step.weightPercent) expect([service, to]).toBe("given its share");
  }
}

/** Whoever is hit by what is taken back waits for nothing else: traffic is moved first. */
function wayBackHolds({ advanced: { run, effects } }: Look): void {
  if (run.phase !== "reverting") return;
  const others = effects.findIndex(({ effect }) => effect !== "route");
  if (others !== -1 && effects.slice(others).some(({ effect }) => effect === "route")) expect(effects).toBe("routes first");
}

/** What the plan itself says: a gap, replicas that make room for others, workers that change over. */
function mayRestEarly(run: Release, change: Change, { observed }: Pick<Look, "observed">): boolean {
  const step = run.plan.steps[Math.min(run.at, run.plan.steps.length - 1)];
  if (step === undefined || run.phase === "reverting") return false;
  const isReady = isUp(change, step, seenOf(observed, change.service, change.to));
  if (step.stopsOld === true) return true;
  if (!change.serves) return step.workers && isReady;
  return oldReplicas(change, step, isReady) === 0;
}

/** The same look gives the same; what it has decided, it does not decide again; and all of it is plain data. */
function sameAgain({ before, observed, commands, nowMs, advanced }: Look): void {
  const again = advanceRelease(structuredClone(before), structuredClone(observed), structuredClone(commands), nowMs);
  same(again, advanced);
  same(JSON.parse(JSON.stringify(advanced.run)), advanced.run);
  let { run, effects, wakeAtMs } = advanced;
  for (let moves = 0; wakeAtMs === nowMs; moves += 1) {
    if (moves > 20) expect(run).toBe("at rest");
    ({ run, effects, wakeAtMs } = advanceRelease(run, observed, [], nowMs));
  }
  if (run.endedAtMs !== undefined) return;
  const repeated = advanceRelease(run, observed, [], nowMs);
  same(repeated.run, run);
  same(repeated.effects, effects);
  same([repeated.events, repeated.notices, repeated.replies], [[], [], []]);
}

/** `expect` makes much of what is equal; only what is not is worth that. */
function same(given: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(given, wanted)) expect(given).toEqual(wanted);
}

function changeOf({ changes }: Release, service: string): Change {
  const found = changes.find((change) => change.service === service);
  if (found === undefined) throw new Error(`nothing is wanted of ${service} that the release is not about`);
  return found;
}

/** It has ended as it wanted to, and not because it could not, or was not let. */
export function settled({ record }: Release): boolean {
  const last = record.at(-1);
  if (last?.what === "ended healthy") return last.because === undefined;
  return last?.what === "is back" || last?.what === "not released";
}

/** What a release that has ended leaves behind. */
export function endsWell(run: Release, services: Look["observed"]["services"]): void {
  const observed = { services, atMs: 0, traffic: {}, answers: {}, tasks: {} };
  for (const { service, from, to, serves } of run.changes) {
    const [wins, loses] = run.phase === "healthy" ? [to, from] : [from, to];
    if (serves && wins !== undefined) expect([service, shareOf(observed, service, wins)]).toEqual([service, 100]);
    const state = seenOf(observed, service, loses)?.state ?? "idle";
    expect([service, loses, state]).toEqual([service, loses, expect.stringMatching(/idle|failed/)]);
  }
}
