import { copyOf } from "../../delivery/advance/copy.ts";
import { soonAfter } from "../../delivery/advance/wake.ts";
import type { ComparisonState } from "../../delivery/compare/comparison.ts";
import { isOpen } from "../../delivery/gates/questions-of.ts";
import type { Release } from "../../delivery/release.ts";
import type { Mutable } from "../../lib/mutable.ts";
import type { Answers } from "../answers/answers.ts";
import type { World } from "./world.ts";

export type Looking = {
  readonly nowMs: number;
  /** When `advance` wants to look again. */
  readonly wakeAtMs: number;
  readonly personMs: number;
  readonly world: World;
  readonly answers: Answers;
  /** What is compared, with what was counted since; undefined where that decides. */
  readonly count: (run: Release, atMs: number) => Release["compared"] | undefined;
};

export type NextLook = { readonly atMs: number; readonly run: Release };

/**
 * The next look that can decide anything. While machines start, while a release bakes or is watched, and nothing about the target changes, a
 * look only adds up what was counted, which the next one does as well. So looks are left out until what was compared takes the release back, a
 * watch fails, a machine changes, somebody speaks or the bake ends; each that is left out is still one at which the watches were asked, and at
 * which a window of the comparison that is over was taken in.
 */
export function nextLook(begun: Release, { nowMs, wakeAtMs, personMs, world, answers, count }: Looking): NextLook {
  let run: Mutable<Release> = begun;
  const everyMs = run.plan.lookEveryMs;
  let atMs = Math.min(wakeAtMs, Math.max(nowMs, personMs));
  const readyByMs = startsUntilMs(run);
  if (readyByMs !== undefined && wakeAtMs === nowMs + soonAfter(run, nowMs)) {
    while (atMs < readyByMs && atMs < personMs) {
      if (world.target.nextMs() <= atMs) return { atMs, run };
      world.pass(atMs);
      atMs = Math.min(atMs + soonAfter(run, atMs), Math.max(atMs, personMs));
    }
    return { atMs, run };
  }
  const endMs = quietUntilMs(run, nowMs);
  if (endMs === undefined || wakeAtMs !== nowMs + everyMs) return { atMs, run };
  let comparedMs = countedNextMs(run);
  while (atMs < endMs && atMs < personMs) {
    const changesMs = world.target.nextMs();
    if (changesMs <= atMs) return { atMs, run };
    // Where no watch has to be asked, those at which nothing at all happens are left out at once.
    if (!answers.mayFail)
      atMs += everyMs * Math.max(0, Math.ceil((Math.min(comparedMs, changesMs, endMs, personMs) - atMs) / everyMs) - 1);
    else {
      world.pass(atMs);
      if (answers.fails(atMs)) return { atMs, run };
    }
    if (atMs >= comparedMs) {
      const compared = count(run, atMs);
      if (compared === undefined) return { atMs, run };
      // One copy is enough for all of them: nobody sees it before.
      if (run === begun) run = copyOf(begun);
      run.compared = compared;
      comparedMs = countedNextMs(run);
    }
    atMs = Math.min(atMs + everyMs, endMs, Math.max(atMs, personMs));
  }
  return { atMs, run };
}

/** Until when machines that start without any traffic may take; undefined where more than that is waited for. */
function startsUntilMs({ plan, at, phase, full, lostSinceMs, bakeSinceMs, pausedMs, stepSinceMs }: Release): number | undefined {
  const step = plan.steps[at];
  const isWaiting = phase === "progressing" && bakeSinceMs === undefined && full === undefined && lostSinceMs === undefined;
  if (!isWaiting || step === undefined || pausedMs !== 0) return undefined;
  if (!step.runs || step.does.length > 0 || step.weightPercent > 0 || step.compares) return undefined;
  return stepSinceMs + plan.readyDeadlineMs;
}

/** Until when nothing but watches and the comparison can decide; undefined where something else could. */
function quietUntilMs(run: Release, nowMs: number): number | undefined {
  const { plan, at, phase, full, lostSinceMs, bakeSinceMs, pausedMs } = run;
  if (full !== undefined || lostSinceMs !== undefined) return undefined;
  const step = plan.steps[at];
  if (phase === "watching" && step === undefined)
    return (run.switchedAtMs ?? nowMs) + Math.max(plan.windowMs, plan.retireAfterMs);
  if (phase !== "progressing" || step === undefined || bakeSinceMs === undefined || pausedMs !== 0) return undefined;
  return isOpen(run, step, nowMs) ? undefined : bakeSinceMs + step.bakeMs;
}

/** When the comparison takes something in next: at once while it waits for requests or for the end of its warm-up. */
export function countedNextMs(run: Release): number {
  if (run.plan.steps[run.at]?.compares !== true) return Infinity;
  let least = Infinity;
  for (const state of Object.values(run.compared) as readonly ComparisonState[]) {
    if (state.trafficSinceMs === undefined) return 0;
    least = Math.min(least, state.windowEndsMs ?? state.trafficSinceMs + state.rules.warmUpMs);
  }
  return least;
}
