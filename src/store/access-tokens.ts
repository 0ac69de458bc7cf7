import type { Query } from "./query.ts";

export type TokenRow = {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly kind: "person" | "ci" | "automation";
  readonly grants: unknown;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  /** Until when the one before it is good as well. */
  readonly oldUntil: Date | null;
};

const columns = `id, name, subject, kind, grants, created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt",
  last_used_at as "lastUsedAt", revoked_at as "revokedAt", old_until as "oldUntil"`;

/** Tokens by which programs are known. */
export function accessTokensIn(query: Query) {
  return {
    async add(
      token: Pick<TokenRow, "id" | "name" | "subject" | "kind" | "grants" | "createdBy"> & {
        readonly hash: Buffer;
        readonly forMs: number;
      },
    ): Promise<TokenRow | undefined> {
      const [row] = await query<TokenRow>(
        `insert into access_token (id, name, subject, kind, grants, created_by, hash, expires_at)
         values ($1, $2, $3, $4, $5::json, $6, $7, now() + make_interval(secs => $8 / 1000.0)) returning ${columns}`,
        [token.id, token.name, token.subject, token.kind, JSON.stringify(token.grants), token.createdBy, token.hash, token.forMs],
      );
      return row;
    },

    /** The newest first; those that were revoked or have expired long ago are gone. */
    async list(): Promise<TokenRow[]> {
      await query(
        "delete from access_token where least(expires_at, coalesce(revoked_at, expires_at)) < now() - interval '90 days'",
      );
      return query(`select ${columns} from access_token order by created_at desc, id limit 1000`);
    },

    /** Another secret for the same token; the one before stays good for a while. */
    async rotate(
      id: string,
      { hash, graceMs, forMs }: { readonly hash: Buffer; readonly graceMs: number; readonly forMs: number },
    ): Promise<TokenRow | undefined> {
      const [row] = await query<TokenRow>(
        `update access_token set old_hash = hash, hash = $2, old_until = least(expires_at, now() + make_interval(secs => $3 / 1000.0)),
           expires_at = now() + make_interval(secs => $4 / 1000.0)
         where id = $1 and revoked_at is null and expires_at > now() returning ${columns}`,
        [id, hash, graceMs, forMs],
      );
      return row;
    },

    async revoke(id: string): Promise<TokenRow | undefined> {
      const [row] = await query<TokenRow>(
        `update access_token set revoked_at = now(), old_hash = null, old_until = null where id = $1 and revoked_at is null
         returning ${columns}`,
        [id],
      );
      return row;
    },

    /** Whose it is, if it is good; when it was last used is written down to the minute. */
    async use(hash: Buffer): Promise<TokenRow | undefined> {
      const [row] = await query<TokenRow & { readonly used: boolean }>(
        `select ${columns}, coalesce(last_used_at > now() - interval '1 minute', false) as used from access_token
         where revoked_at is null and expires_at > now() and (hash = $1 or (old_hash = $1 and old_until > now()))`,
        [hash],
      );
      if (row?.used === false) await query("update access_token set last_used_at = now() where id = $1", [row.id]);
      return row;
    },
  };
}
