import type { Turn } from "./turn.ts";
import { degrade } from "./step-changes.ts";
import { isBack, isTouched } from "./wishes-down.ts";

/** On the way back: it ends when everything is as it was, or when that is not to be had. */
export function lookAtWayBack(turn: Turn): void {
  const { run, observed, nowMs } = turn;
  const touched = isTouched(run);
  if (isBack(run, observed)) return degrade(turn, { back: true, touched });
  if (nowMs - run.stepSinceMs < run.plan.readyDeadlineMs) return;
  const stuck = run.changes.map(({ service, from }) => `${service}${from === undefined ? "" : ` (${from})`}`).join(", ");
  degrade(turn, {
    back: false,
    touched,
    note: `what was before did not become ready: ${stuck}; traffic stays with what can serve`,
  });
}
