import type { Pool } from "pg";
import type { Query } from "./query.ts";

export type NoticeState = "waiting" | "sent" | "failed" | "kept";

export type NewNotice = {
  readonly channel: string;
  readonly dedupKey: string;
  /** Said twice, it is told once. */
  readonly once: string;
  readonly body: unknown;
  /** Nobody opened its channel: it is kept to be looked at. */
  readonly kept: boolean;
};

export type NoticeRow = {
  readonly id: string;
  readonly product: string;
  readonly environment: string;
  readonly channel: string;
  readonly dedupKey: string;
  readonly body: unknown;
  readonly state: NoticeState;
  readonly attempts: number;
  readonly problem: string | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
};

const columns = `id, product, environment, channel, dedup_key as "dedupKey", body, state, attempts, problem,
  created_at as "createdAt", ended_at as "endedAt"`;

const insert = `insert into notice (product, environment, channel, dedup_key, once, body, schema_version, state, ended_at)
  select $1, $2, one.channel, one."dedupKey", one.once, one.body, 1,
    case when one.kept then 'kept' else 'waiting' end, case when one.kept then now() end
  from json_to_recordset($3::json) as one (channel text, "dedupKey" text, once text, body json, kept boolean)
  on conflict (product, channel, once) do nothing
  returning id`;

/** The outbox: what people are to be told, until they are. */
export function noticesIn(query: Query, pool: Pool) {
  return {
    async add(product: string, environment: string, notices: readonly NewNotice[]): Promise<readonly string[]> {
      const rows = await query<{ id: string }>(insert, [product, environment, JSON.stringify(notices)]);
      return rows.map(({ id }) => id);
    },

    /** Where alerts stand, and whom to tell of what changed: both, or neither. */
    async putAlerts(product: string, environment: string, data: unknown, notices: readonly NewNotice[]): Promise<void> {
      const client = await pool.connect();
      try {
        await client.query("begin");
        await client.query(
          `insert into alert_state (product, environment, data, schema_version) values ($1, $2, $3, 1)
           on conflict (product, environment) do update set data = excluded.data, schema_version = 1, changed_at = now()`,
          [product, environment, JSON.stringify(data)],
        );
        if (notices.length > 0) await client.query(insert, [product, environment, JSON.stringify(notices)]);
        await client.query("commit");
      } catch (error) {
        await client.query("rollback").catch(() => {});
        throw error;
      } finally {
        client.release();
      }
    },

    async alerts(product: string, environment: string): Promise<unknown> {
      const [row] = await query<{ data: unknown }>("select data from alert_state where product = $1 and environment = $2", [
        product,
        environment,
      ]);
      return row?.data;
    },

    /**
     * Takes what is due, for so long: whoever dies with it leaves it to another. Of one occurrence only the oldest, and one of a channel,
     * so that a slow one holds nothing longer than it was given.
     */
    async claim(busy: readonly string[], leaseMs: number): Promise<NoticeRow[]> {
      return query(
        `with oldest as (
           select distinct on (product, channel) id from notice as due
           where state = 'waiting' and next_at <= now() and (leased_until is null or leased_until < now())
             and not (product || ' ' || channel = any ($1))
             and not exists (
               select from notice as before
               where before.state = 'waiting' and before.product = due.product and before.channel = due.channel
                 and before.dedup_key = due.dedup_key and before.number < due.number)
           order by product, channel, number)
         update notice set attempts = attempts + 1, leased_until = now() + make_interval(secs => $2 / 1000.0)
         where id in (
           select id from notice
           where id in (select id from oldest) and state = 'waiting' and (leased_until is null or leased_until < now())
           for update skip locked)
         returning ${columns}`,
        [busy, leaseMs],
      );
    },

    async ended(id: string, state: "sent" | "failed", problem?: string): Promise<void> {
      await query(
        "update notice set state = $2, problem = $3, ended_at = now(), leased_until = null where id = $1 and state = 'waiting'",
        [id, state, problem ?? null],
      );
    },

    async again(id: string, afterMs: number, problem: string): Promise<void> {
      await query(
        `update notice set next_at = now() + make_interval(secs => $2 / 1000.0), problem = $3, leased_until = null
         where id = $1 and state = 'waiting'`,
        [id, afterMs, problem],
      );
    },

    /** A channel that says it is gone for good: what waits for it is not tried any more. */
    async giveUpChannel(product: string, channel: string, problem: string): Promise<void> {
      await query(
        `update notice set state = 'failed', problem = $3, ended_at = now(), leased_until = null
         where product = $1 and channel = $2 and state = 'waiting'`,
        [product, channel, problem],
      );
    },

    async list(
      product: string,
      { environment, limit = 100 }: { environment?: string; limit?: number } = {},
    ): Promise<NoticeRow[]> {
      return query(
        `select ${columns} from notice where product = $1 and ($2::text is null or environment = $2) order by number desc limit $3`,
        [product, environment ?? null, limit],
      );
    },

    async get(id: string): Promise<NoticeRow | undefined> {
      const [row] = await query<NoticeRow>(`select ${columns} from notice where id = $1`, [id]);
      return row;
    },

    /** What was ended this long ago is not kept. */
    async prune(olderThanMs: number): Promise<void> {
      await query("delete from notice where state <> 'waiting' and ended_at < now() - make_interval(secs => $1 / 1000.0)", [
        olderThanMs,
      ]);
    },
  };
}
