import type { Query } from "./query.ts";

export type RehearsalRow = {
  readonly id: string;
  readonly product: string;
  readonly environment: string;
  readonly asked: unknown;
  readonly by: unknown;
  readonly runs: number;
  readonly done: number;
  readonly beganAt: Date;
  readonly endedAt: Date | null;
  readonly state: "running" | "done" | "stopped" | "failed";
  readonly because: string | null;
};

export type RehearsalEnd = {
  readonly state: Exclude<RehearsalRow["state"], "running">;
  readonly done: number;
  readonly because?: string;
  /** As text: it is kept to the byte. */
  readonly report?: string;
};

/** Of each environment so many. */
const kept = 20;
/** Whoever has said nothing for so long is dead. */
const silentFor = "interval '30 seconds'";

const columns = `id, product, environment, asked, by, runs, done, began_at as "beganAt", ended_at as "endedAt", state, because`;

/** Rehearsals that the server was asked for. */
export function rehearsalsIn(query: Query) {
  /** What its server left when it died is over. */
  const bury = (product: string, environment: string) =>
    query(
      `update rehearsal set state = 'failed', ended_at = now(), because = 'the server that rehearsed it is gone'
       where product = $1 and environment = $2 and ended_at is null and seen_at < now() - ${silentFor}`,
      [product, environment],
    );

  return {
    /** Whether it may begin: one at a time for each environment. The oldest of those that ended make room. */
    async begin(row: Pick<RehearsalRow, "id" | "product" | "environment" | "asked" | "by" | "runs">): Promise<boolean> {
      const { id, product, environment, asked, by, runs } = row;
      await bury(product, environment);
      const begun = await query(
        `insert into rehearsal (id, product, environment, asked, by, runs, state) values ($1, $2, $3, $4, $5, $6, 'running')
         on conflict (product, environment) where ended_at is null do nothing returning id`,
        [id, product, environment, JSON.stringify(asked), JSON.stringify(by), runs],
      );
      await query(
        `delete from rehearsal using (
           select id, row_number() over (order by began_at desc, id) as place from rehearsal where product = $1 and environment = $2) as ranked
         where rehearsal.id = ranked.id and ranked.place > ${kept} and rehearsal.ended_at is not null`,
        [product, environment],
      );
      return begun.length > 0;
    },

    /** Says how far it is; nothing where it was ended meanwhile. */
    async progress(id: string, done: number): Promise<boolean> {
      const rows = await query(
        "update rehearsal set done = $2, seen_at = now() where id = $1 and ended_at is null returning id",
        [id, done],
      );
      return rows.length > 0;
    },

    /** Whether it was this that ended it. */
    async end(id: string, { state, done, because, report }: RehearsalEnd): Promise<boolean> {
      const rows = await query(
        `update rehearsal set state = $2, done = $3, because = $4, report = $5, ended_at = now(), seen_at = now()
         where id = $1 and ended_at is null returning id`,
        [id, state, done, because ?? null, report ?? null],
      );
      return rows.length > 0;
    },

    /** The newest first. */
    async list(product: string, environment: string): Promise<RehearsalRow[]> {
      await bury(product, environment);
      return query(
        `select ${columns} from rehearsal where product = $1 and environment = $2 order by began_at desc, id limit ${kept}`,
        [product, environment],
      );
    },

    async get(
      product: string,
      environment: string,
      id: string,
    ): Promise<(RehearsalRow & { readonly report: unknown }) | undefined> {
      await bury(product, environment);
      const [row] = await query<RehearsalRow & { readonly report: unknown }>(
        `select ${columns}, report from rehearsal where product = $1 and environment = $2 and id = $3`,
        [product, environment, id],
      );
      return row;
    },

    async remove(id: string): Promise<void> {
      await query("delete from rehearsal where id = $1 and ended_at is not null", [id]);
    },
  };
}
