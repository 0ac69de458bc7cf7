import type { Effect } from "../effect.ts";
import type { Advanced, Command } from "../machine.ts";
import type { Observed } from "../observed.ts";
import type { Release } from "../release.ts";
import { begunText, releaseTitle } from "../words/release-title.ts";
import { breachOf } from "./breaches.ts";
import { own } from "./capacity.ts";
import { obey } from "./commands.ts";
import { takenCounts } from "./comparing.ts";
import { countedExposure } from "./exposure.ts";
import { takeLeftovers } from "./leftovers.ts";
import { lookAtWayBack } from "./reverting.ts";
import { revert, tellStep } from "./step-changes.ts";
import { lookAtStep, wasAsked } from "./stepping.ts";
import { change, notice, stepAt, tell, type Turn } from "./turn.ts";
import { wakeAt } from "./wake.ts";
import { lookAfterwards, wishesAfterwards } from "./watching.ts";
import { wishesDown } from "./wishes-down.ts";
import { wishesUp } from "./wishes-up.ts";

// One look at a release: what it becomes, and what is wanted of the target.
//
// 1. People first: what they have asked is answered before anything is decided.
// 2. Then what takes it back, whatever it is doing.
// 3. Then one step at most. What a new step asks is seen by the next look.
// 4. Whoever cannot see the target decides nothing about it, and wants nothing of it: what is absent may well be there.
// 5. In the end, all that is wanted where it stands now, whether or not it was said before.

export function advanceRelease(
  release: Release,
  observed: Observed,
  commands: readonly Command[],
  nowMs: number,
): Advanced<Release, Effect> {
  const turn: Turn = { run: release, observed, nowMs, events: [], notices: [], replies: [] };
  if (release.record.length === 0 && release.endedAtMs === undefined) begin(turn);
  const asked = stepAt(release);
  const wasOpen = asked !== undefined && wasAsked(turn, asked);
  // A newer release has the environment: whatever else is asked comes too late.
  const rankOf = ({ verb }: Command) => (verb === "supersede" ? 0 : 1);
  if (commands.length > 0)
    for (const command of commands.toSorted((left, right) => rankOf(left) - rankOf(right))) obey(turn, command);
  const isBlind = release.changes.some(({ service }) => own(observed.services, service) === undefined);
  if (turn.run.endedAtMs === undefined && !isBlind) decide(turn, wasOpen);
  const { run, events, notices, replies } = turn;
  const hasMoved = run.phase !== release.phase || run.at !== release.at;
  const hasBegun = run.bakeSinceMs !== release.bakeSinceMs || run.full !== release.full || run.skipped !== release.skipped;
  const wakeAtMs = wakeAt(run, { nowMs, hasMoved: !isBlind && (hasMoved || hasBegun) });
  const effects = run.endedAtMs === undefined && !isBlind ? wishes(turn) : [];
  return wakeAtMs === undefined
    ? { run, effects, events, notices, replies }
    : { run, effects, events, notices, replies, wakeAtMs };
}

function begin(turn: Turn): void {
  const { run } = turn;
  const { why, startedBy: actor } = run;
  tell(turn, "started", `started: ${releaseTitle(run)}`, { actor, ...(why === undefined ? {} : { because: why }) });
  tellStep(turn);
  notice(turn, "started", "started", `Started: ${releaseTitle(run)}`, begunText(run));
}

function decide(turn: Turn, wasOpen: boolean): void {
  takeLeftovers(turn);
  const exposure = countedExposure(turn);
  if (turn.run.phase === "reverting") {
    change(turn, { exposure });
    return lookAtWayBack(turn);
  }
  change(turn, { exposure, compared: takenCounts(turn) });
  const breach = breachOf(turn);
  if (breach !== undefined) return revert(turn, breach.because, breach.data);
  const step = stepAt(turn.run);
  if (step === undefined) return lookAfterwards(turn);
  if (turn.run.phase === "progressing") lookAtStep(turn, step, wasOpen);
}

function wishes({ run, observed, nowMs }: Turn): readonly Effect[] {
  if (run.phase === "reverting") return wishesDown(run, observed);
  const step = stepAt(run);
  return step === undefined ? wishesAfterwards(run, observed, nowMs) : wishesUp(run, step, observed, nowMs);
}
