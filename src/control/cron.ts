import { Cron } from "croner";

/** When it comes next, in UTC. */
export function nextRun(schedule: string, after = new Date()): Date | undefined {
  return new Cron(schedule, { timezone: "UTC", paused: true }).nextRun(after) ?? undefined;
}
