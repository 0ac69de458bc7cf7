import { setTimeout as sleep } from "node:timers/promises";
import { nextAfter } from "../../lib/cron.ts";
import type { NewEvent } from "../../store/events.ts";
import type { NewSchedule, ScheduleRow, ScheduleTime } from "../../store/schedules.ts";
import type { Store } from "../../store/store.ts";

// What happens at set times, in UTC, beside any number of others that do the same on one Postgres.
//
// 1. A time that comes is written down by whoever sees it first, under its moment: it comes once.
// 2. Whoever does it holds it by a lease. Doing it is idempotent by its moment, so that a crash in the middle is made good by doing it again.
// 3. What came while nobody was there is skipped, or its last time is done, as the schedule says.

export type Outcome =
  | {
      readonly is: "done" | "skipped" | "failed";
      readonly because?: string;
      readonly event?: Pick<NewEvent, "kind" | "subject" | "data">;
    }
  /** Not yet: again after so long. */
  | { readonly is: "again"; readonly afterMs: number; readonly because: string };

export type Handler = (time: ScheduleTime, signal: AbortSignal) => Promise<Outcome>;

export type Scheduler = {
  set(product: string, environment: string, schedules: readonly Omit<NewSchedule, "nextAt">[]): Promise<void>;
  remove(product: string, environment: string): Promise<void>;
  stop(): Promise<void>;
};

export type SchedulerParts = {
  readonly store: Pick<Store, "schedules">;
  readonly owner: string;
  readonly nowMs: () => number;
  /** By the kind of what is scheduled. */
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly onError: (error: unknown) => void;
  readonly leaseMs?: number;
  readonly pollMs?: number;
};

/** Whoever looks every second is never this late. */
const lateMs = 60_000;
const retryMs = [5_000, 30_000, 120_000, 600_000];
/** Of a schedule that comes every minute, about ten weeks. */
const mostMissed = 100_000;
const dayMs = 86_400_000;

export function createScheduler({
  store: { schedules },
  owner,
  nowMs,
  handlers,
  onError,
  leaseMs = 15_000,
  pollMs = 1_000,
}: SchedulerParts): Scheduler {
  const stopping = new AbortController();
  let woken = new AbortController();
  const atWork = new Set<Promise<void>>();
  let prunedMs = 0;

  /** Of all times that have come, the last counts. */
  const come = async (row: ScheduleRow, now: number): Promise<void> => {
    let due = row.nextAt;
    let next = nextAfter(row.cron, due);
    for (let missed = 0; next !== undefined && next.getTime() <= now && missed < mostMissed; missed += 1) {
      due = next;
      next = nextAfter(row.cron, due);
    }
    const late = row.missed === "skip" && now - due.getTime() > lateMs;
    await schedules.come(row, {
      due,
      next: next ?? new Date(now + 3_650 * dayMs),
      ...(late ? { state: "skipped", because: "nobody was there when its time came" } : { state: "waiting" }),
    });
  };

  const perform = async (time: ScheduleTime): Promise<void> => {
    const handler = handlers[time.kind];
    try {
      const outcome: Outcome =
        handler === undefined ? { is: "failed", because: `nobody here does ${time.kind}` } : await handler(time, stopping.signal);
      if (outcome.is === "again") await schedules.again(owner, time, nowMs() + outcome.afterMs, outcome.because);
      else await schedules.ended(owner, time, outcome.is, outcome);
    } catch (error) {
      if (stopping.signal.aborted) return;
      onError(error);
      const because = error instanceof Error ? error.message : String(error);
      const afterMs = retryMs[time.attempts - 1];
      const event = { kind: "schedule.failed", subject: time.name, data: { due: time.due } };
      await (afterMs === undefined
        ? schedules.ended(owner, time, "failed", { because, event })
        : schedules.again(owner, time, nowMs() + afterMs, because));
    }
  };

  const round = async (): Promise<number> => {
    const now = nowMs();
    const { due, nextAtMs = Infinity } = await schedules.due(now);
    for (const row of due) await come(row, now);
    for (const time of await schedules.claim(owner, nowMs(), leaseMs)) {
      const work = perform(time)
        .catch(onError)
        .then(() => {
          atWork.delete(work);
        });
      atWork.add(work);
    }
    if (now - prunedMs > 3_600_000) {
      prunedMs = now;
      await schedules.prune(30 * dayMs);
    }
    return Math.min(pollMs, nextAtMs - nowMs());
  };

  const looking = (async () => {
    while (!stopping.signal.aborted) {
      woken = new AbortController();
      const waitMs = await round().catch((error: unknown) => {
        if (!stopping.signal.aborted) onError(error);
        return pollMs;
      });
      await sleep(Math.max(1, waitMs), undefined, { signal: AbortSignal.any([stopping.signal, woken.signal]) }).catch(() => {});
    }
  })();
  const renewing = (async () => {
    while (!stopping.signal.aborted) {
      await sleep(leaseMs / 3, undefined, { signal: stopping.signal }).catch(() => {});
      if (atWork.size > 0) await schedules.renew(owner, leaseMs).catch(onError);
    }
  })();

  return {
    async set(product, environment, wanted) {
      const now = new Date(nowMs());
      const rows = wanted.flatMap((one) => {
        const nextAt = nextAfter(one.cron, now);
        return nextAt === undefined ? [] : [{ ...one, nextAt }];
      });
      await schedules.put(product, environment, rows);
      woken.abort();
    },
    remove: (product, environment) => schedules.remove(product, environment),
    async stop() {
      stopping.abort();
      await Promise.all([looking, renewing]);
      await Promise.all(atWork);
    },
  };
}
