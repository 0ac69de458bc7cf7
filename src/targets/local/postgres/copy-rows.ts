import { chownSync, mkdtempSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../lib/errors.ts";
import { inTransaction, rowsOf, withClient, type Client } from "../../../migrations/run/connect.ts";
import { identifier, literal, qualified } from "../../../migrations/run/identifier.ts";
import type { PostgresServer } from "./server.ts";

export type CopyRows = { readonly from: string; readonly to: string };

type Table = { readonly schema: string; readonly name: string; readonly columns: readonly string[] };

/** Tables that migrations made: no system's, no extension's, not our own records; of a partitioned one its parts. */
const tablesOf = `SELECT nspname AS schema, relname AS name,
    array_agg(attname::text ORDER BY attnum) FILTER (WHERE attgenerated = '') AS columns
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
  WHERE relkind = 'r' AND relpersistence <> 't' AND nspname NOT IN ('pg_catalog', 'information_schema', 'gantry')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
  GROUP BY nspname, relname ORDER BY nspname, relname`;

const sequencesOf = "SELECT schemaname AS schema, sequencename AS name FROM pg_sequences WHERE schemaname <> 'gantry'";
const viewsOf = "SELECT schemaname AS schema, matviewname AS name FROM pg_matviews WHERE ispopulated";

/**
 * Fills a database that has the same tables with the rows of another, as they were at one moment. The server itself writes and reads
 * the files in between: nothing passes through here, and sessions on the source go on.
 */
export async function copyRows(server: PostgresServer, { from, to }: CopyRows): Promise<void> {
  const scratch = mkdtempSync(path.join(server.dataFolder, "gantry-copy-"));
  try {
    const { uid, gid } = statSync(server.dataFolder);
    if (process.geteuid?.() === 0) chownSync(scratch, uid, gid);
    await withClient(server.superuserUrl(from), (source) =>
      withClient(server.superuserUrl(to), (target) => copy(source, target, scratch)),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function copy(source: Client, target: Client, scratch: string): Promise<void> {
  await source.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const tables = await rowsOf<Table>(source, tablesOf);
  const known = new Set((await rowsOf<Table>(target, tablesOf)).map(qualified));
  const strange = tables.filter((table) => !known.has(qualified(table)));
  if (strange.length > 0) {
    throw new UserError("unmigrated-table", `no migration makes ${strange.map(qualified).join(", ")}`, {
      hint: "write a migration for it, or delete it",
    });
  }
  await inTransaction(target, async () => {
    // No triggers and no foreign keys: the rows have been through them.
    await target.query("SET LOCAL session_replication_role = replica");
    // Also those that the source does not have any rows for: a migration may have put some in.
    if (known.size > 0) await target.query(`TRUNCATE ${[...known].join(", ")}`);
    for (const [index, table] of tables.entries()) {
      const file = literal(path.join(scratch, String(index)));
      const what = `${qualified(table)} (${(table.columns ?? []).map(identifier).join(", ")})`;
      if ((table.columns ?? []).length === 0) continue;
      await source.query(`COPY ${what} TO ${file}`);
      await target.query(`COPY ${what} FROM ${file} WITH (FREEZE)`);
      rmSync(path.join(scratch, String(index)));
    }
    await copySequences(source, target);
    for (const view of await rowsOf<Table>(target, viewsOf)) await target.query(`REFRESH MATERIALIZED VIEW ${qualified(view)}`);
  });
  await source.query("COMMIT");
  await target.query("ANALYZE");
}

type Position = { readonly last: string; readonly called: boolean };

/** Read after the snapshot was taken: they may be further than the rows and never behind. */
async function copySequences(source: Client, target: Client): Promise<void> {
  const known = new Set((await rowsOf<Table>(target, sequencesOf)).map(qualified));
  for (const sequence of await rowsOf<Table>(source, sequencesOf)) {
    const name = qualified(sequence);
    if (!known.has(name)) continue;
    const [position] = await rowsOf<Position>(source, `SELECT last_value::text AS last, is_called AS called FROM ${name}`);
    if (position) await target.query("SELECT setval($1::regclass, $2::bigint, $3)", [name, position.last, position.called]);
  }
}
