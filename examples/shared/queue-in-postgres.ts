import type { Database } from "./database.ts";
import type { Job, JobStore } from "./queue.ts";

/** A queue in the table `jobs`, for where there is no redis. */
export function queueInPostgres(db: Database): JobStore {
  return {
    push: async (queue, body, trace) => {
      const row = await db.row<{ id: string }>("insert into jobs (queue, body, trace) values ($1, $2, $3) returning id", [
        queue,
        JSON.stringify(body),
        JSON.stringify(trace),
      ]);
      return row?.id ?? "";
    },
    // A lease is nothing but a time before which a job is not given out again. SKIP LOCKED: two takers never wait for each other.
    take: (queue, leaseMs) =>
      db.row<Job>(
        `update jobs set available_at = now() + $2 * interval '1 ms', tries = tries + 1
         where id = (
           select id from jobs where queue = $1 and available_at <= now() and failed_at is null
           order by available_at for update skip locked limit 1
         )
         returning id, body, trace, tries`,
        [queue, leaseMs],
      ),
    finish: async (queue, id) => void (await db.rows("delete from jobs where queue = $1 and id = $2", [queue, id])),
    retry: async (queue, id, afterMs) =>
      void (await db.rows("update jobs set available_at = now() + $3 * interval '1 ms' where queue = $1 and id = $2", [
        queue,
        id,
        afterMs,
      ])),
    setAside: async (queue, id, reason) =>
      void (await db.rows("update jobs set failed_at = now(), failure = $3 where queue = $1 and id = $2", [
        queue,
        id,
        reason.slice(0, 500),
      ])),
    depth: async (queue) => {
      const row = await db.row<{ depth: number }>(
        "select count(*)::int as depth from jobs where queue = $1 and available_at <= now() and failed_at is null",
        [queue],
      );
      return row?.depth ?? 0;
    },
  };
}
