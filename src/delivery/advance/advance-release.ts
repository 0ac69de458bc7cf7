import type { Effect } from "../effect.ts";
import type { Advanced, Command } from "../machine.ts";
import type { Observed } from "../observed.ts";
import type { Release } from "../release.ts";

/** One look at a release: what it becomes, and what is wanted of the target. */
export function advanceRelease(
  release: Release,
  _observed: Observed,
  _commands: readonly Command[],
  nowMs: number,
): Advanced<Release, Effect> {
  return { run: release, effects: [], events: [], notices: [], replies: [], wakeAtMs: nowMs + 1_000 };
}
