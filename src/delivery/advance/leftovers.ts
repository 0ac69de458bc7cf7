import type { Effect } from "../effect.ts";
import type { Observed } from "../observed.ts";
import type { Release } from "../release.ts";
import { isAtRest, own, seenOf, shareOf } from "./capacity.ts";
import { change, type Turn } from "./turn.ts";

/** What else runs when a release begins: standing by for one that it supersedes. It rests when this one ends, or first where there is no room. */
export function takeLeftovers(turn: Turn): void {
  const { run, observed } = turn;
  if (run.leftovers !== undefined) return;
  const entries = run.changes.map(({ service, from, to }) => {
    const revisions = own(observed.services, service)?.revisions ?? {};
    const others = Object.keys(revisions).filter((name) => name !== from && name !== to && !isAtRest(revisions[name]));
    return [service, others.toSorted()] as const;
  });
  const some = entries.filter(([, others]) => others.length > 0);
  change(turn, { leftovers: Object.fromEntries(some) });
}

/** What stood by for the release before this one has nothing to stand by for. */
export function leftoversRested({ leftovers = {} }: Release, observed: Observed): readonly Effect[] {
  return Object.entries(leftovers).flatMap(([service, revisions]) =>
    revisions
      .filter((revision) => shareOf(observed, service, revision) === 0 && !isAtRest(seenOf(observed, service, revision)))
      .map((revision): Effect => ({ effect: "rest", service, revision })),
  );
}
