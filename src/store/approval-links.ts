import type { Query } from "./query.ts";

export type NewLink = {
  readonly hash: Buffer;
  readonly run: string;
  readonly step: number;
  readonly gate: string;
  readonly role: string;
  readonly given: number;
  readonly sealed: string;
};

export type LinkRow = Omit<NewLink, "sealed">;

/** Links by which people decide. */
export function approvalLinksIn(query: Query) {
  return {
    /** The sealed token of this decision: the one there, else the one that is given. */
    async keep({ hash, run, step, gate, role, given, sealed }: NewLink): Promise<string | undefined> {
      const [row] = await query<{ sealed: string }>(
        `with added as (
           insert into approval_link (hash, run, step, gate, role, given, sealed)
           select $1, id, $3, $4, $5, $6, $7 from run where id = $2
           on conflict (run, step, gate, given) do nothing returning sealed)
         select sealed from added
         union all select sealed from approval_link where run = $2 and step = $3 and gate = $4 and given = $6 limit 1`,
        [hash, run, step, gate, role, given, sealed],
      );
      return row?.sealed;
    },

    async find(hash: Buffer): Promise<LinkRow | undefined> {
      const [row] = await query<LinkRow>("select hash, run, step, gate, role, given from approval_link where hash = $1", [hash]);
      return row;
    },
  };
}
