import { isAtRest, own } from "./capacity.ts";
import { change, type Turn } from "./turn.ts";

/** What else runs when a release begins: standing by for one that it supersedes. It rests when this one ends, and no sooner. */
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
