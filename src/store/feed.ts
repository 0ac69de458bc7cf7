import type { EventRow } from "./events.ts";
import type { Query } from "./query.ts";

export type FedEvent = EventRow & { readonly product: string; readonly position: string };

const columns = `position, id, product, at, environment, kind, actor, actor_kind as "actorKind", actor_known as "actorKnown", subject, because, run, data`;

/** Of another's number for the same thing: the numbers of migrations, of leases. */
const lockNumber = 7240;

/** The log in an order in which nothing ever comes late. */
export function feedIn(query: Query) {
  return {
    /** Gives what can be seen by now its place. One at a time: where somebody else does it, it is theirs to do. */
    async place(most = 1_000): Promise<number> {
      const rows = await query(
        `with mine as materialized (select pg_advisory_xact_lock(${lockNumber})),
         -- Another may have placed some while this waited for the lock: a row that is locked is looked at again.
         fresh as materialized (
           select id from mine, event where position is null order by id limit $1 for update of event),
         numbered as materialized (select id, nextval('event_position') as place from (select id from fresh order by id) as sorted)
         update event set position = place from numbered where event.id = numbered.id and position is null returning event.id`,
        [most],
      );
      return rows.length;
    },

    /** The last place there is. */
    async last(): Promise<string> {
      const [row] = await query<{ position: string | null }>("select max(position) as position from event");
      return row?.position ?? "0";
    },

    async after(position: string, limit: number): Promise<FedEvent[]> {
      return query(`select ${columns} from event where position > $1::bigint order by position limit $2`, [position, limit]);
    },
  };
}
