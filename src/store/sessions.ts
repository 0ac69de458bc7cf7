import { batched } from "./batched.ts";
import type { Query } from "./query.ts";

type Found = { readonly who: unknown; readonly expiresAt: Date };

/** Sessions of browsers, and the links that begin one. */
export function sessionsIn(query: Query) {
  // Of all pages that are open each asks when something has happened.
  const find = batched(async (hashes): Promise<ReadonlyMap<string, Found>> => {
    const rows = await query<Found & { hash: string }>(
      `select encode(hash, 'hex') as hash, who, expires_at as "expiresAt" from session
       where hash in (select decode(one, 'hex') from unnest($1::text[]) as one) and not is_link and expires_at > now()`,
      [hashes],
    );
    return new Map(rows.map(({ hash, who, expiresAt }) => [hash, { who, expiresAt }]));
  });
  return {
    async add(hash: Buffer, isLink: boolean, { who, forMs }: { readonly who: unknown; readonly forMs: number }): Promise<void> {
      await query(
        `with over as (delete from session where expires_at < now())
         insert into session (hash, is_link, who, expires_at) values ($1, $2, $3::json, now() + make_interval(secs => $4 / 1000.0))`,
        [hash, isLink, JSON.stringify(who), forMs],
      );
    },

    /** Whose link it was, once. */
    async take(hash: Buffer): Promise<unknown> {
      const [row] = await query<{ who: unknown }>(
        "delete from session where hash = $1 and is_link and expires_at > now() returning who",
        [hash],
      );
      return row?.who;
    },

    find: (hash: Buffer): Promise<Found | undefined> => find(hash.toString("hex")),

    async end(hash: Buffer): Promise<void> {
      await query("delete from session where hash = $1", [hash]);
    },
  };
}
