import { Cron } from "croner";

type Kept = { readonly afterMs: number; readonly next: Date };

/** What was asked last of each: a schedule that is shown often has the same answer until it comes due, and finding that takes a millisecond. */
const kept = new Map<string, Kept>();
const most = 1_000;

/** When it comes next after a moment, in UTC. */
export function nextAfter(schedule: string, after: Date): Date | undefined {
  const before = kept.get(schedule);
  const afterMs = after.getTime();
  if (before !== undefined && before.afterMs <= afterMs && afterMs < before.next.getTime()) return new Date(before.next);
  const next = new Cron(schedule, { timezone: "UTC", paused: true }).nextRun(after) ?? undefined;
  if (next === undefined) return undefined;
  if (kept.size >= most) kept.clear();
  kept.set(schedule, { afterMs, next });
  return new Date(next);
}
