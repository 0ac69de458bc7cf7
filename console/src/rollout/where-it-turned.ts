import type { ReleaseView } from "../live/views.ts";

/** The step at which a release was taken back or given up; the plan's length where that was after the last of them. */
export function turnedAt({ phase, at, turned }: ReleaseView): number | undefined {
  if (turned !== undefined) return turned.step;
  return phase === "reverting" || phase === "degraded" ? at : undefined;
}

export function stepText({ plan }: ReleaseView, at: number): string {
  const step = plan.steps[at];
  return step === undefined ? "after the last step" : `step ${at + 1} of ${plan.steps.length}, ${step.name}`;
}

/** When a step began, and when it was left: for the next one, back, or not yet. */
export function timesOf(release: ReleaseView, at: number): { readonly sinceMs?: number; readonly untilMs?: number } {
  const { reached, turned, switchedAtMs, phase, endedAtMs } = release;
  const sinceMs = reached.findLast(({ step }) => step === at)?.atMs;
  if (sinceMs === undefined) return {};
  const next = reached.find(({ step, atMs }) => step > at && atMs >= sinceMs)?.atMs;
  const left = next ?? turned?.atMs ?? (phase === "watching" || phase === "healthy" ? (switchedAtMs ?? endedAtMs) : undefined);
  return { sinceMs, ...(left === undefined || left < sinceMs ? {} : { untilMs: left }) };
}
