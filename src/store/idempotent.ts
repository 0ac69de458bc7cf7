import type { Query } from "./query.ts";

export type Before =
  | { readonly is: "new" }
  | { readonly is: "done"; readonly status: number; readonly body: string }
  | { readonly is: "under way" }
  | { readonly is: "other" };

/** What was answered stays for a day; whoever died in the middle of it leaves the key to others after a while. */
const keptFor = "interval '1 day'";
const leftAfter = "interval '2 minutes'";

/** Keys that stand for one request each. */
export function idempotentIn(query: Query) {
  return {
    async begin(asker: string, key: string, digest: Buffer): Promise<Before> {
      const [mine] = await query(
        `with over as (delete from idempotent where created_at < now() - ${keptFor})
         insert into idempotent (asker, key, digest) values ($1, $2, $3)
         on conflict (asker, key) do update set created_at = now()
           where idempotent.status is null and idempotent.digest = excluded.digest and idempotent.created_at < now() - ${leftAfter}
         returning key`,
        [asker, key, digest],
      );
      if (mine !== undefined) return { is: "new" };
      const [row] = await query<{ same: boolean; status: number | null; body: string | null }>(
        "select digest = $3 as same, status, body from idempotent where asker = $1 and key = $2",
        [asker, key, digest],
      );
      if (row === undefined || (row.same && row.status === null)) return { is: "under way" };
      return row.same ? { is: "done", status: row.status ?? 200, body: row.body ?? "" } : { is: "other" };
    },

    async end(asker: string, key: string, { status, body }: { readonly status: number; readonly body: string }): Promise<void> {
      await query("update idempotent set status = $3, body = $4 where asker = $1 and key = $2", [asker, key, status, body]);
    },

    /** Nothing was done: it may be said again. */
    async forget(asker: string, key: string): Promise<void> {
      await query("delete from idempotent where asker = $1 and key = $2 and status is null", [asker, key]);
    },
  };
}
