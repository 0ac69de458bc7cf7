import { UserError } from "../../lib/errors.ts";
import type { Name } from "../sql/tree.ts";
import { type Client, rowsOf } from "./connect.ts";
import { qualified } from "./identifier.ts";
import { type Session, pause, refuseAborted } from "./session.ts";
import { type Statement, concurrentDropsOf, concurrentIndexOf, concurrentReindexOf } from "./statements.ts";

/** building: somebody holds the lock under which indexes are built; how far they are only their own role may see. */
type Index = { readonly schema: string; readonly name: string; readonly valid: boolean; readonly building: boolean };

const indexesOf = `SELECT n.nspname AS schema, c.relname AS name, i.indisvalid AND i.indisready AS valid,
    EXISTS (SELECT FROM pg_locks WHERE locktype = 'relation' AND relation = i.indrelid AND mode = 'ShareUpdateExclusiveLock' AND granted
      AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS building
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE i.indrelid = to_regclass($1)`;

/** What a concurrent statement that was broken off has left is removed. True where it is done already. */
export async function clearBefore(
  session: Session,
  migration: string,
  statement: Statement,
  begunBefore: boolean,
): Promise<boolean> {
  const { client } = session;
  const made = concurrentIndexOf(statement.node);
  if (made !== undefined) return clearIndex(session, migration, made, begunBefore);
  const drops = concurrentDropsOf(statement.node);
  if (drops.length > 0 && begunBefore) {
    const left = await rowsOf(client, "SELECT FROM unnest($1::text[]) AS one WHERE to_regclass(one) IS NOT NULL", [
      drops.map(qualified),
    ]);
    return left.length === 0;
  }
  const again = concurrentReindexOf(statement.node);
  if (again !== undefined) await dropInvalid(session, migration, await leftByReindex(client, again));
  return false;
}

async function clearIndex(
  session: Session,
  migration: string,
  { table, name }: { readonly table: Name; readonly name?: string },
  begunBefore: boolean,
): Promise<boolean> {
  const all = await indexes(session, table);
  if (name === undefined) {
    const invalid = all.filter(({ valid }) => !valid);
    if (!begunBefore || invalid.length === 0) return false;
    throw new UserError(
      "migration-half-done",
      `an index of ${table.name} that has no name in ${migration} may be there and invalid: ${invalid.map((one) => one.name).join(", ")}`,
      {
        hint: "DROP INDEX CONCURRENTLY it, give the index a name, and call again",
      },
    );
  }
  const found = all.find((one) => one.name === name);
  if (found === undefined) return false;
  if (found.valid) return begunBefore;
  await dropInvalid(session, migration, [found]);
  return false;
}

/** Those of a table, once nobody builds one of them any more. */
async function indexes({ client, signal }: Session, table: Name): Promise<readonly Index[]> {
  for (;;) {
    const all = await rowsOf<Index>(client, indexesOf, [qualified(table)]);
    if (!all.some(({ valid, building }) => building && !valid)) return all;
    refuseAborted(signal, `it waited for an index of ${table.name} that somebody else builds`);
    await pause(500, signal);
  }
}

/** `REINDEX CONCURRENTLY` builds beside and swaps: what is left of one that was broken off ends so. */
async function leftByReindex(client: Client, of: Name): Promise<readonly Index[]> {
  return rowsOf<Index>(
    client,
    `SELECT n.nspname AS schema, c.relname AS name, false AS valid, false AS building FROM pg_index i
     JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
       AND i.indrelid IN (to_regclass($1), (SELECT indrelid FROM pg_index WHERE indexrelid = to_regclass($1)))`,
    [qualified(of)],
  );
}

async function dropInvalid({ client, tell }: Session, migration: string, invalid: readonly Index[]): Promise<void> {
  for (const one of invalid) {
    await client.query("SET lock_timeout = 0");
    await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${qualified(one)}`);
    tell({ event: "index-dropped", migration, index: `${one.schema}.${one.name}` });
  }
}

/** After a build that failed: what it left behind is in everybody's way, and no use to anybody. */
export async function clearAfter(session: Session, migration: string, statement: Statement): Promise<void> {
  const made = concurrentIndexOf(statement.node);
  if (made?.name === undefined) return;
  const found = (await rowsOf<Index>(session.client, indexesOf, [qualified(made.table)])).find((one) => one.name === made.name);
  if (found !== undefined && !found.valid && !found.building) await dropInvalid(session, migration, [found]);
}
