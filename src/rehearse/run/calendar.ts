import { nextAfter } from "../../lib/cron.ts";
import type { Environment } from "../../spec/environment.ts";

/** Something that happens at set times, on the virtual clock as on a real one: the same calendar reads both. */
export type Scheduled = { readonly atMs: number; readonly what: string };

/** When a schedule comes between two moments, the earliest first; at most so many. */
export function occurrences(schedule: string, fromMs: number, untilMs: number, most = 1_000): readonly number[] {
  const found: number[] = [];
  for (let next = nextAfter(schedule, new Date(fromMs - 1_000)); next !== undefined; next = nextAfter(schedule, next)) {
    const ms = next.getTime();
    if (ms > untilMs || found.length >= most) break;
    if (ms >= fromMs) found.push(ms);
  }
  return found;
}

const mostTold = 50;

/** What the environment's own schedules do meanwhile. */
export function scheduledBetween({ services }: Environment, fromMs: number, untilMs: number): readonly Scheduled[] {
  return Object.entries(services)
    .flatMap(([service, { kind, schedule }]) =>
      kind !== "cron" || schedule === undefined
        ? []
        : occurrences(schedule, fromMs, untilMs, mostTold).map((atMs) => ({
            atMs,
            what: `${service} runs, as its schedule says`,
          })),
    )
    .toSorted((left, right) => left.atMs - right.atMs);
}
