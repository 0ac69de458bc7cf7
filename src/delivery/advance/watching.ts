import { isRollback } from "../begin-release.ts";
import type { Effect } from "../effect.ts";
import type { Change, Release } from "../release.ts";
import type { Observed } from "../observed.ts";
import { isAtRest, own, seenOf, shareOf } from "./capacity.ts";
import { heal, revert, windowEndMs } from "./step-changes.ts";
import { isAllUp, stands } from "./standing.ts";
import { wishesUp } from "./wishes-up.ts";
import { change, forget, lastingStep, tell, type Turn } from "./turn.ts";

/** What does not go to rest in this long has been told to often enough. */
const closingMs = 600_000;

/** All is done: what stands by, stands by until the window closes, then goes to rest, and the release ends. */
export function lookAfterwards(turn: Turn): void {
  const { run, observed, nowMs } = turn;
  const step = lastingStep(run);
  const isUp = step === undefined || isAllUp(run, step, observed);
  if (!isUp && run.lostSinceMs === undefined) {
    change(turn, { lostSinceMs: nowMs });
    tell(turn, "lost", "a new revision is not ready any more");
  } else if (isUp && run.lostSinceMs !== undefined) forget(turn, "lostSinceMs");
  if (nowMs < windowEndMs(run)) return;
  // A window may have closed before all was done: nobody was told to rest before this step.
  const isLate = nowMs - run.pausedMs >= Math.max(windowEndMs(run), run.stepSinceMs) + closingMs;
  // What is old is needed for as long as what is new has not all of the traffic.
  if (step !== undefined && !stands(run, step, observed)) {
    if (isLate) revert(turn, "the new revisions were not ready again and again");
    return;
  }
  const left = oldOnes(run).filter(({ service, revision }) => !isAtRest(seenOf(observed, service, revision)));
  if (left.length === 0) heal(turn);
  else if (isLate) heal(turn, `${left.map(({ revision }) => revision).join(", ")} would not go to rest`);
}

export function wishesAfterwards(run: Release, observed: Observed, nowMs: number): readonly Effect[] {
  const step = lastingStep(run);
  const serving = run.changes.flatMap((change) => recorded(run, change));
  if (step === undefined) return serving;
  const wishes = wishesUp(run, step, observed, nowMs);
  if (nowMs < windowEndMs(run) || !stands(run, step, observed)) return [...wishes, ...serving];
  const resting = oldOnes(run).filter(({ service, revision }) => shareOf(observed, service, revision) === 0);
  const isResting = (effect: Effect) =>
    effect.effect === "start" &&
    resting.some(({ service, revision }) => effect.service === service && effect.revision === revision);
  const rests = resting.map(({ service, revision }): Effect => ({ effect: "rest", service, revision }));
  const others = wishes.filter((effect) => !isResting(effect) && effect.effect !== "rest");
  return [...others, ...rests, ...serving];
}

/** What somebody has left by a rollback nobody goes back to by himself: a second rollback goes further, and not there. */
function recorded(run: Release, { service, from, to }: Change): readonly Effect[] {
  const serving: Effect = { effect: "serving", service, revision: to };
  if (!isRollback(run) || from === undefined || from === to) return [serving];
  return [{ effect: "taken back", service, revision: from, to }, serving];
}

/** What was before, and what was left by those before. */
function oldOnes({ changes, leftovers }: Release): readonly { readonly service: string; readonly revision: string }[] {
  return changes.flatMap(({ service, from, to }: Change) =>
    [...new Set([...(from === undefined ? [] : [from]), ...(own(leftovers, service) ?? [])])]
      .filter((revision) => revision !== to)
      .map((revision) => ({ service, revision })),
  );
}
