import { Cron } from "croner";

/** When it comes next after a moment, in UTC. */
export function nextAfter(schedule: string, after: Date): Date | undefined {
  return new Cron(schedule, { timezone: "UTC", paused: true }).nextRun(after) ?? undefined;
}
