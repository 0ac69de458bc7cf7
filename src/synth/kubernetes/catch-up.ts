import { Cron } from "croner";

const daySeconds = 86_400;
/** Kubernetes gives up on a schedule of which it has missed more than a hundred times within the deadline. */
const mostMissed = 90;
const leastSeconds = 200;
/** A Monday of no consequence: in UTC times are as far apart in every week. */
const monday = new Date(Date.UTC(2026, 0, 5));

/** How long a run may be late so that what was missed is caught up with: a day, or less where that would be too many. */
export function catchUpSeconds(schedule: string): number {
  const times = new Cron(schedule, { timezone: "UTC", paused: true }).nextRuns(mostMissed, monday);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || times.length < mostMissed) return daySeconds;
  return Math.max(leastSeconds, Math.min(daySeconds, (last.getTime() - first.getTime()) / 1_000));
}
