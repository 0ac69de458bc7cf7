import type { Client } from "pg";
import type { Place } from "../../lib/problem.ts";
import type { Query } from "./queries.ts";
import { readTables } from "./tables.ts";
import { tryQuery, type Tried } from "./try-query.ts";

export type Queries = {
  /** What the code sends that runs now: it has to go on while the new schema is there. */
  readonly running: readonly Query[];
  /** What the next code sends. */
  readonly next: readonly Query[];
};

export type QueryFailure = { readonly sql: string; readonly place: Place; readonly error: string; readonly state: string };

/** What the statements of both codes say of one migration. */
export type Compatibility = {
  /** They worked before it and do not any more. */
  readonly broken: readonly QueryFailure[];
  /** The next code's that do not work without it: it has to come first. */
  readonly needed: readonly QueryFailure[];
  /** Neither before nor after: about something else, or of a later migration. */
  readonly neither: readonly QueryFailure[];
  /** How many work before and after, and how many of these were run and not only planned. */
  readonly fine: number;
  readonly ran: number;
};

export type Asker = {
  readonly before: (client: Client) => Promise<void>;
  readonly after: (client: Client, hasRows: boolean) => Promise<Compatibility>;
};

/** Asks the same statements before and after each migration. */
export function createAsker({ running, next }: Queries): Asker {
  const all = [...running.map((query) => ({ query, isNext: false })), ...next.map((query) => ({ query, isNext: true }))];
  let baseline: readonly Tried[] = [];
  return {
    async before(client) {
      const tables = await readTables(client);
      const tried: Tried[] = [];
      for (const { query } of all) tried.push(await tryQuery(client, query, { tables }));
      baseline = tried;
    },
    async after(client, hasRows) {
      const tables = await readTables(client);
      const [broken, needed, neither]: [QueryFailure[], QueryFailure[], QueryFailure[]] = [[], [], []];
      let [fine, ran] = [0, 0];
      for (const [index, { query, isNext }] of all.entries()) {
        const then = baseline[index];
        const values = then?.works === true && hasRows ? then.values : undefined;
        const now = await tryQuery(client, query, { tables, values });
        if (then?.works === true && now.works) fine += 1;
        if (then?.works === true && now.works && now.values !== undefined) ran += 1;
        const failure = (tried: Tried & { works: false }): QueryFailure => ({
          sql: query.sql,
          place: query.place,
          error: tried.error,
          state: tried.state,
        });
        if (then?.works === true && !now.works) broken.push(failure(now));
        else if (then?.works === false && !now.works) neither.push(failure(now));
        else if (then?.works === false && isNext) needed.push(failure(then));
      }
      return { broken, needed, neither, fine, ran };
    },
  };
}
