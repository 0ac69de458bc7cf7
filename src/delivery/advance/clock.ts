import type { Step } from "../plan.ts";
import type { Release } from "../release.ts";

// How long a step has lasted, by the clock of its policies: it stands still while a person has paused the release.

export function pausedForMs({ pausedMs, pausedSinceMs }: Release, nowMs: number): number {
  return pausedMs + (pausedSinceMs === undefined ? 0 : nowMs - pausedSinceMs);
}

export function stepAgeMs(run: Release, nowMs: number): number {
  return nowMs - run.stepSinceMs - pausedForMs(run, nowMs);
}

/** Since the bake began; absent where it has not. */
export function bakeAgeMs(run: Release, nowMs: number): number | undefined {
  return run.bakeSinceMs === undefined ? undefined : nowMs - run.bakeSinceMs - pausedForMs(run, nowMs);
}

/** Since its gates are asked; absent where they are not yet. */
export function openAgeMs(run: Release, step: Step, nowMs: number): number | undefined {
  const age = bakeAgeMs(run, nowMs);
  if (age === undefined) return undefined;
  if (run.full !== undefined) return age;
  return age < step.bakeMs ? undefined : age - step.bakeMs;
}

/** A step that flaps between almost and not quite ends here all the same. */
export function longestMs({ plan }: Release, step: Step): number {
  const approvals = step.gates.map((gate) => (gate.gate === "approval" ? gate.expiresMs : 0));
  return plan.readyDeadlineMs + step.bakeMs + step.deadlineMs * 2 + Math.max(0, ...approvals);
}
