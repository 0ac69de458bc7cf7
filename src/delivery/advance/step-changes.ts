import type { Release } from "../release.ts";
import { notice, stepAt, tell, type Turn, change, forget } from "./turn.ts";
import { begunText, exposureText, releaseTitle } from "../words/release-title.ts";
import { isRollback } from "../begin-release.ts";
import { spanText } from "../words/span.ts";

// How a release goes from one state to the next. Nothing else changes its phase.

const atStep = { pausedMs: 0, answers: {}, approvals: {}, held: {}, streaks: {} } as const;

/** Gates of a step that does nothing are asked at once. */
function bakeOf({ plan }: Release, at: number, nowMs: number): { readonly bakeSinceMs?: number } {
  const step = plan.steps[at];
  return step !== undefined && !step.runs && step.does.length === 0 ? { bakeSinceMs: nowMs } : {};
}

export function enterStep(turn: Turn, at: number): void {
  const { nowMs } = turn;
  forget(turn, "bakeSinceMs", "lostSinceMs", "pausedSinceMs", "because");
  change(turn, { at, phase: "progressing", stepSinceMs: nowMs, ...atStep, ...bakeOf(turn.run, at, nowMs) });
  if (stepAt(turn.run) === undefined) watch(turn);
  else tellStep(turn);
}

export function tellStep(turn: Turn): void {
  const step = stepAt(turn.run);
  if (step === undefined) return;
  const { name, weightPercent } = step;
  tell(turn, "step", `step ${name}`, { data: { step: turn.run.at, name, weightPercent } });
}

/** All is done; the old revisions stand by, and the next release need not wait for it. */
function watch(turn: Turn): void {
  const { run, nowMs } = turn;
  change(turn, { phase: "watching", exclusive: false, switchedAtMs: run.switchedAtMs ?? nowMs });
  const leftMs = windowEndMs(turn.run) - nowMs;
  const what = leftMs > 0 ? `done; the old revisions stand by for ${spanText(leftMs)}` : "done";
  tell(turn, "done", what, { data: { exposure: run.exposure } });
  const isBack = isRollback(run);
  const title = isBack ? `Rolled back: ${releaseTitle(run)}` : `Released ${releaseTitle(run)}`;
  notice(turn, "succeeded", "succeeded", title, isBack ? begunText(run) : what);
}

export function windowEndMs({ plan, switchedAtMs = 0 }: Release): number {
  return switchedAtMs + Math.max(plan.windowMs, plan.retireAfterMs);
}

/** The way back. It needs the environment for itself again. */
export function revert(turn: Turn, because: string, data?: object): void {
  forget(turn, "pausedSinceMs", "lostSinceMs");
  change(turn, { phase: "reverting", exclusive: true, because, stepSinceMs: turn.nowMs, pausedMs: 0 });
  tell(turn, "reverting", "goes back", { because, ...(data === undefined ? {} : { data }) });
}

/** It is back, or as far back as it can be. */
export function degrade(
  turn: Turn,
  { back, touched, note }: { readonly back: boolean; readonly touched: boolean; readonly note?: string },
): void {
  const { run } = turn;
  const why = run.because ?? "given up";
  const because = note === undefined ? why : `${why}; ${note}`;
  change(turn, { phase: "degraded", endedAtMs: turn.nowMs, exclusive: false, because, ...(back ? {} : { stuck: true }) });
  const { exposure } = run;
  if (!back) {
    tell(turn, "stuck", "could not go back", { because, data: { exposure } });
    notice(
      turn,
      "failed",
      "failed",
      `Release of ${releaseTitle(run)} failed and could not be taken back`,
      `${because}. ${exposureText(run)}.`,
    );
  } else if (touched) {
    tell(turn, "rolled-back", "is back", { because, data: { exposure } });
    notice(turn, "rolled back", "rolled back", `Taken back: ${releaseTitle(run)}`, `${because}. ${exposureText(run)}.`);
  } else {
    tell(turn, "refused", "not released", { because });
    notice(turn, "failed", "failed", `Not released: ${releaseTitle(run)}`, because);
  }
}

export function heal(turn: Turn, because?: string): void {
  change(turn, { phase: "healthy", endedAtMs: turn.nowMs, exclusive: false });
  tell(turn, "healthy", "ended healthy", because === undefined ? {} : { because });
}
