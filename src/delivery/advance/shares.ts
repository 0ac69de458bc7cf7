import type { Observed, Share } from "../observed.ts";
import type { Change } from "../release.ts";
import { canServe, seenOf } from "./capacity.ts";

/**
 * Who should have a service's traffic when the new revision is to have this much of it. They sum to 100, and none goes to a revision that is
 * not ready: where only one of the two is, it has it all. Undefined where neither is, or where it would be the new one before its time:
 * then it stays as it is.
 */
export function sharesWanted(change: Change, weightPercent: number, observed: Observed): readonly Share[] | undefined {
  const { service, from, to } = change;
  const isNewReady = canServe(seenOf(observed, service, to));
  if (from === undefined || from === to)
    return weightPercent > 0 && isNewReady ? [{ revision: to, weightPercent: 100 }] : undefined;
  const isOldReady = canServe(seenOf(observed, service, from));
  if (isNewReady && isOldReady) return split(from, to, weightPercent);
  if (isOldReady) return split(from, to, 0);
  return isNewReady && weightPercent > 0 ? split(from, to, 100) : undefined;
}

export function split(from: string, to: string, weightPercent: number): readonly Share[] {
  const shares = [
    { revision: from, weightPercent: 100 - weightPercent },
    { revision: to, weightPercent },
  ];
  return shares.filter((share) => share.weightPercent > 0);
}

export function isSame(wanted: readonly Share[], seen: readonly Share[]): boolean {
  const given = seen.filter(({ weightPercent }) => weightPercent > 0);
  return (
    given.length === wanted.length &&
    wanted.every(({ revision, weightPercent }) =>
      given.some((share) => share.revision === revision && Math.abs(share.weightPercent - weightPercent) < 0.5),
    )
  );
}
