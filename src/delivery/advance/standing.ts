import type { Observed } from "../observed.ts";
import type { Step } from "../plan.ts";
import type { Release } from "../release.ts";
import { concerned, isAtRest, isUp, own, seenOf, weightWanted } from "./capacity.ts";
import { isSame, sharesWanted } from "./shares.ts";

/** Everything that a step is about runs and is ready. */
export function isAllUp(run: Release, step: Step, observed: Observed): boolean {
  return concerned(run, step).every((change) => isUp(change, step, seenOf(observed, change.service, change.to)));
}

/** And has its share, with those without traffic changed over. */
export function stands(run: Release, step: Step, observed: Observed): boolean {
  if (!isAllUp(run, step, observed)) return false;
  return concerned(run, step).every((change) => {
    const { service, from, to, serves } = change;
    if (from === to) return true;
    if (!serves) return isAtRest(seenOf(observed, service, from));
    const wanted = sharesWanted(change, weightWanted(change, step, observed), observed);
    return wanted === undefined ? step.weightPercent === 0 : isSame(wanted, own(observed.services, service)?.shares ?? []);
  });
}
