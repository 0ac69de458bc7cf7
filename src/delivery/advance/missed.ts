import type { Release } from "../release.ts";

/**
 * Nobody looked at it for so long, though it was due. That is nobody's fault but of whoever should have looked: a bake is a span in which
 * somebody watched, and what had to be there by a deadline gets its time all the same.
 */
export function withMissed(run: Release, ms: number): Release {
  const { phase, pausedMs, stepSinceMs, held } = run;
  if (run.endedAtMs !== undefined || ms <= 0) return run;
  switch (phase) {
    // What is paused stands still as it is.
    case "paused":
      return run;
    case "reverting":
      return { ...run, stepSinceMs: stepSinceMs + ms };
    default:
      return {
        ...run,
        pausedMs: pausedMs + ms,
        held: Object.fromEntries(Object.entries(held).map(([id, sinceMs]) => [id, sinceMs + ms])),
      };
  }
}
