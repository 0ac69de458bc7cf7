import { sha256Of } from "../files/folder-files.ts";
import type { Migration } from "../migration.ts";
import { indexOf, upTo } from "./apply.ts";
import { isBackfill } from "./backfill-plan.ts";
import { literal } from "./identifier.ts";
import type { Limits } from "./limits.ts";
import { recordTables } from "./records.ts";

export type OfflineOptions = {
  /** The last one that the database has had; all are written where none is named. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limits: Pick<Limits, "lockTimeoutMs" | "statementTimeoutMs">;
};

/** What the runner would send, as one script for psql: made without a database, to be read, checked and run by others. */
export function offlineSql(migrations: readonly Migration[], { from, to, limits }: OfflineOptions): string {
  const until = upTo(migrations, to);
  const wanted = from === undefined ? until : until.slice(indexOf(migrations, from) + 1);
  return `${[
    "-- psql -v ON_ERROR_STOP=1 -f this file. It stops where something fails; what was committed before it stays, and is recorded.",
    onlyOne,
    recordTables,
    ...wanted.map((one) => scriptOf(one, limits)),
    "SELECT pg_advisory_unlock(hashtext('gantry'), hashtext('migrations'));",
  ].join("\n\n")}\n`;
}

/** Waiting in a query is what CREATE INDEX CONCURRENTLY would wait for. */
const onlyOne = `DO $gantry$ BEGIN
  IF NOT pg_try_advisory_lock(hashtext('gantry'), hashtext('migrations')) THEN
    RAISE EXCEPTION 'another runner migrates this database';
  END IF;
END $gantry$;`;

function scriptOf(one: Migration, { lockTimeoutMs, statementTimeoutMs }: OfflineOptions["limits"]): string {
  const { name, up } = one;
  const record = `INSERT INTO gantry.gantry_migrations (name, sha256) VALUES (${literal(name)}, ${literal(up.sha256)});`;
  const title = `-- Migration ${name.replaceAll(/[\r\n]/g, " ")}`;
  const sql = endedText(up.sql);
  if (!up.inTransaction)
    return [
      `${title} (outside of a transaction${isBackfill(up) ? "; gantry migrate up does it in batches, this script in one go" : ""})`,
      once(one),
      "SET lock_timeout = 0;",
      "SET statement_timeout = 0;",
      sql,
      record,
      "RESET ALL;",
    ].join("\n");
  return [
    title,
    "BEGIN;",
    once(one),
    `SET LOCAL lock_timeout = ${Math.round(lockTimeoutMs)};`,
    `SET LOCAL statement_timeout = ${Math.round(statementTimeoutMs)};`,
    sql,
    record,
    "COMMIT;",
    "RESET ALL;",
  ].join("\n");
}

/** The last statement of a file may go without its semicolon, and a comment at its end would swallow what comes behind it. */
function endedText(sql: string): string {
  const text = sql.trim();
  return text.endsWith(";") ? text : `${text}\n;`;
}

function once({ name }: Migration): string {
  // A quote that the name cannot close.
  const tag = `$g${sha256Of(name).slice(0, 8)}$`;
  return `DO ${tag} BEGIN
  IF EXISTS (SELECT FROM gantry.gantry_migrations WHERE name = ${literal(name)}) THEN RAISE EXCEPTION '%', ${literal(`${name} was applied already`)}; END IF;
END ${tag};`;
}
