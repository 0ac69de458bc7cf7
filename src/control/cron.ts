import { nextAfter } from "../lib/cron.ts";

/** When it comes next, in UTC. */
export function nextRun(schedule: string, after = new Date()): Date | undefined {
  return nextAfter(schedule, after);
}
