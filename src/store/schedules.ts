import type { NewEvent } from "./events.ts";
import type { Query } from "./query.ts";

export type NewSchedule = {
  readonly name: string;
  readonly kind: string;
  readonly about: unknown;
  readonly cron: string;
  /** What to do about times at which nobody was there: nothing, or the last of them once. */
  readonly missed: "skip" | "last";
  readonly nextAt: Date;
};

export type ScheduleRow = NewSchedule & { readonly product: string; readonly environment: string };

export type TimeState = "waiting" | "done" | "failed" | "skipped";

/** One time that came. */
export type ScheduleTime = {
  readonly product: string;
  readonly environment: string;
  readonly name: string;
  readonly due: Date;
  readonly attempts: number;
  readonly kind: string;
  readonly about: unknown;
};

export type ScheduleView = ScheduleRow & {
  readonly last: { readonly due: string; readonly state: TimeState; readonly because: string | null } | null;
};

type Name = Pick<ScheduleTime, "product" | "environment" | "name">;

/** What happens at set times, and what came of it. */
export function schedulesIn(query: Query) {
  return {
    /** All of an environment's: what is not among them is no more, and what is as it was keeps its next time. */
    async put(product: string, environment: string, schedules: readonly NewSchedule[]): Promise<void> {
      await query(
        `with given as (
           select * from json_to_recordset($3::json)
             as one (name text, kind text, about json, cron text, missed text, "nextAt" timestamptz)),
         gone as (
           delete from schedule where product = $1 and environment = $2 and name not in (select name from given))
         insert into schedule (product, environment, name, kind, about, cron, missed, next_at)
         select $1, $2, name, kind, about, cron, missed, "nextAt" from given
         on conflict (product, environment, name) do update set
           kind = excluded.kind, about = excluded.about, missed = excluded.missed, cron = excluded.cron,
           -- Sooner, where a clock had been ahead: a time that has come before does not come again.
           next_at = case when schedule.cron = excluded.cron then least(schedule.next_at, excluded.next_at) else excluded.next_at end`,
        [product, environment, JSON.stringify(schedules)],
      );
    },

    async list(product: string, environment?: string): Promise<ScheduleView[]> {
      return query(
        `select product, environment, name, kind, about, cron, missed, next_at as "nextAt",
           (select json_build_object('due', due, 'state', state, 'because', because) from schedule_time as one
            where one.product = schedule.product and one.environment = schedule.environment and one.name = schedule.name
            order by due desc limit 1) as last
         from schedule where product = $1 and ($2::text is null or environment = $2) order by environment, next_at, name`,
        [product, environment ?? null],
      );
    },

    /** Whose time has come, and when the next one's does. */
    async due(nowMs: number): Promise<{ readonly due: readonly ScheduleRow[]; readonly nextAtMs: number | undefined }> {
      const rows = await query<ScheduleRow & { later: boolean }>(
        `select product, environment, name, kind, about, cron, missed, next_at as "nextAt",
           next_at > to_timestamp($1::float8 / 1000) as later
         from schedule where next_at <= greatest(to_timestamp($1::float8 / 1000), (
           select min(next_at) from schedule where next_at > to_timestamp($1::float8 / 1000)))
         order by next_at limit 500`,
        [nowMs],
      );
      return { due: rows.filter(({ later }) => !later), nextAtMs: rows.find(({ later }) => later)?.nextAt.getTime() };
    },

    /** Whoever is first writes the time down and sets the next one: of several that see it, one does. */
    async come(
      { product, environment, name, nextAt }: ScheduleRow,
      {
        due,
        next,
        state,
        because,
      }: { readonly due: Date; readonly next: Date; readonly state: "waiting" | "skipped"; readonly because?: string },
    ): Promise<boolean> {
      const rows = await query(
        `with moved as (
           update schedule set next_at = $6 where product = $1 and environment = $2 and name = $3
             and date_trunc('milliseconds', next_at) = $4 returning name)
         insert into schedule_time (product, environment, name, due, state, because, next_at, ended_at)
         select $1, $2, $3, $5, $7::text, $8, $5, case when $7::text = 'skipped' then now() end from moved
         on conflict do nothing returning name`,
        [product, environment, name, nextAt, due, next, state, because ?? null],
      );
      return rows.length > 0;
    },

    /** Takes what waits to be done: whoever dies with it leaves it to another. */
    async claim(owner: string, nowMs: number, leaseMs: number): Promise<ScheduleTime[]> {
      return query(
        `with waiting as (
           select product, environment, name, due from schedule_time
           where state = 'waiting' and next_at <= to_timestamp($2::float8 / 1000) and (leased_until is null or leased_until < now())
           order by next_at limit 50 for update skip locked)
         update schedule_time as one set leased_by = $1, leased_until = now() + make_interval(secs => $3 / 1000.0), attempts = attempts + 1
         from waiting join schedule using (product, environment, name)
         where (one.product, one.environment, one.name, one.due) = (waiting.product, waiting.environment, waiting.name, waiting.due)
         returning one.product, one.environment, one.name, one.due, one.attempts, schedule.kind, schedule.about`,
        [owner, nowMs, leaseMs],
      );
    },

    async renew(owner: string, leaseMs: number): Promise<void> {
      await query(
        `update schedule_time set leased_until = now() + make_interval(secs => $2 / 1000.0) where leased_by = $1 and state = 'waiting'
         and leased_until is not null`,
        [owner, leaseMs],
      );
    },

    /** What came of it, and the event that says so: both, and once. */
    async ended(
      owner: string,
      { product, environment, name, due }: ScheduleTime,
      state: Exclude<TimeState, "waiting">,
      { because, event }: { readonly because?: string; readonly event?: Pick<NewEvent, "kind" | "subject" | "data"> } = {},
    ): Promise<void> {
      await query(
        `with ended as (
           update schedule_time set state = $6, because = $7, ended_at = now(), leased_by = null, leased_until = null
           where product = $2 and environment = $3 and name = $4 and due = $5 and leased_by = $1 and state = 'waiting' returning name)
         insert into event (product, environment, kind, actor, actor_kind, subject, because, data)
         select $2, $3, $8, 'schedule', 'automation', $9, $7, $10::json from ended where $8::text is not null`,
        [
          owner,
          product,
          environment,
          name,
          due,
          state,
          because ?? null,
          event?.kind ?? null,
          event?.subject ?? name,
          JSON.stringify(event?.data ?? {}),
        ],
      );
    },

    async again(owner: string, { product, environment, name, due }: ScheduleTime, atMs: number, because: string): Promise<void> {
      await query(
        `update schedule_time set next_at = to_timestamp($6::float8 / 1000), because = $7, leased_by = null, leased_until = null
         where product = $2 and environment = $3 and name = $4 and due = $5 and leased_by = $1 and state = 'waiting'`,
        [owner, product, environment, name, due, atMs, because],
      );
    },

    /** Times of the same that came before and are still to be done. */
    async waitingBefore({ product, environment, name }: Name, due: Date): Promise<number> {
      const [row] = await query<{ count: number }>(
        `select count(*)::int as count from schedule_time
         where product = $1 and environment = $2 and name = $3 and due < $4 and state = 'waiting'`,
        [product, environment, name, due],
      );
      return row?.count ?? 0;
    },

    async remove(product: string, environment: string): Promise<void> {
      await query("delete from schedule where product = $1 and environment = $2", [product, environment]);
    },

    async prune(olderThanMs: number): Promise<void> {
      await query(
        "delete from schedule_time where state <> 'waiting' and ended_at < now() - make_interval(secs => $1 / 1000.0)",
        [olderThanMs],
      );
    },
  };
}
