import type { Observed, RevisionSeen } from "../observed.ts";
import type { Step } from "../plan.ts";
import type { Change, Release } from "../release.ts";

// Who can serve. Traffic moves only to what is ready, in both directions.

export function seenOf(observed: Observed, service: string, revision: string | undefined): RevisionSeen | undefined {
  if (revision === undefined) return undefined;
  return own(own(observed.services, service)?.revisions, revision);
}

export function shareOf(observed: Observed, service: string, revision: string | undefined): number {
  let sum = 0;
  for (const share of own(observed.services, service)?.shares ?? []) if (share.revision === revision) sum += share.weightPercent;
  return sum;
}

/** It can take a request. */
export function canServe(seen: RevisionSeen | undefined): boolean {
  return seen?.state === "ready" && seen.ready > 0;
}

/** It holds no machine: at rest, or never there. */
export function isAtRest(seen: RevisionSeen | undefined): boolean {
  return seen === undefined || seen.state === "idle" || (seen.state === "failed" && seen.ready === 0);
}

/** How many replicas of the new revision a step wants; absent where the target's own scaling says. */
export function newReplicas({ replicas }: Change, { replaced }: Step): number | undefined {
  return replaced === undefined ? undefined : Math.ceil((replicas * replaced.replicas) / replaced.of);
}

/**
 * How many of the old ones stay: until the new ones are ready as many as the limits allow beside them, and then the rest. A surge keeps one
 * standing by to the end, for the way back.
 */
export function oldReplicas({ replicas }: Change, { replaced }: Step, isReady: boolean): number | undefined {
  if (replaced === undefined) return undefined;
  const part = (count: number) => Math.ceil((replicas * count) / replaced.of);
  const fresh = part(replaced.replicas);
  const most = replicas + (replaced.surge > 0 ? part(replaced.surge) : 0);
  const beside = Math.max(0, Math.min(replicas, most - fresh));
  return isReady ? Math.min(beside, Math.max(replicas - fresh, replaced.surge > 0 ? 1 : 0)) : beside;
}

/** The share that a step wants for the new revision: all of it, where the limits leave nothing of the old one beside it. */
export function weightWanted(change: Change, step: Step, observed: Observed): number {
  const seen = seenOf(observed, change.service, change.to);
  const isLast = oldReplicas(change, step, isUp(change, step, seen)) === 0 && canServe(seen);
  return isLast ? 100 : step.weightPercent;
}

/** The new revision has what its step needs of it. */
export function isUp(change: Change, step: Step, seen: RevisionSeen | undefined): boolean {
  if (seen === undefined || !canServe(seen)) return false;
  return seen.ready >= (newReplicas(change, step) ?? Math.max(1, Math.min(seen.wanted, change.replicas)));
}

/** The new revisions that a step is about: those that serve, and the others from where they change over. */
export function concerned({ changes }: Release, step: Step): readonly Change[] {
  if (!step.runs) return none;
  return step.workers || changes.every(({ serves }) => serves) ? changes : changes.filter(({ serves }) => serves);
}

const none: readonly Change[] = [];

/** A step's services whose own are ready before them; the others wait. */
export function startable(run: Release, step: Step, observed: Observed): readonly Change[] {
  const here = concerned(run, step);
  if (here.every(({ after }) => after.length === 0)) return here;
  const names = new Map(here.map((change) => [change.service, change]));
  return here.filter(({ after }) =>
    after.every((name) => {
      const needed = names.get(name);
      return needed === undefined || isUp(needed, step, seenOf(observed, name, needed.to));
    }),
  );
}

export function own<T>(table: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}
