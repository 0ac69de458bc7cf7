import type { Query } from "./query.ts";

/** Sessions of browsers, and the links that begin one. */
export function sessionsIn(query: Query) {
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

    async find(hash: Buffer): Promise<{ readonly who: unknown; readonly expiresAt: Date } | undefined> {
      const [row] = await query<{ who: unknown; expiresAt: Date }>(
        `select who, expires_at as "expiresAt" from session where hash = $1 and not is_link and expires_at > now()`,
        [hash],
      );
      return row;
    },

    async end(hash: Buffer): Promise<void> {
      await query("delete from session where hash = $1", [hash]);
    },
  };
}
