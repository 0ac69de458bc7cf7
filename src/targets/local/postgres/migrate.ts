import { setTimeout as delay } from "node:timers/promises";
import { GantryError, UserError } from "../../../lib/errors.ts";
import { inTransaction, rowsOf, sqlState, withClient, type Client } from "./connect.ts";
import { identifier } from "./identifier.ts";
import { readMigrations, type MigrationFile } from "./migration-files.ts";

export type MigrateOptions = {
  /** Of a role that may change tables. */
  readonly url: string;
  readonly folder: string;
  /** Acts as this role, for one that may. */
  readonly role?: string;
  /** Only these, by name. */
  readonly only?: readonly string[];
  readonly onApplied?: (name: string, ms: number) => void;
};

export type Migrated = { readonly applied: readonly string[]; readonly already: number };

type Applied = { readonly name: string; readonly sha256: string };

/** Brings a database to where the folder is. Two at once do it once; one that fails leaves what came before it. */
export async function applyMigrations({ url, folder, role, only, onApplied }: MigrateOptions): Promise<Migrated> {
  const files = readMigrations(folder).filter(({ name }) => only === undefined || only.includes(name));
  return withClient(url, async (client) => {
    await takeTurns(client);
    if (role !== undefined) await client.query(`SET ROLE ${identifier(role)}`);
    const before = await appliedMigrations(client);
    refuseChanged(files, before);
    const open = files.filter(({ name }) => !before.some((one) => one.name === name));
    if (open.length > 0) await client.query(records);
    for (const migration of open) {
      const start = performance.now();
      await apply(client, migration);
      onApplied?.(migration.name, Math.round(performance.now() - start));
    }
    return { applied: open.map(({ name }) => name), already: files.length - open.length };
  });
}

const records = `CREATE SCHEMA IF NOT EXISTS gantry;
  CREATE TABLE IF NOT EXISTS gantry.gantry_migrations (
    name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`;

/** Which migrations a database has had, in their order. None in one that never had any. */
export async function appliedMigrations(client: Client): Promise<readonly Applied[]> {
  const [there] = await rowsOf<{ found: string | null }>(client, "SELECT to_regclass('gantry.gantry_migrations')::text AS found");
  return there?.found
    ? rowsOf<Applied>(client, "SELECT name, sha256 FROM gantry.gantry_migrations ORDER BY applied_at, name")
    : [];
}

/** By asking again and not by waiting in a query: one that waits is what `CREATE INDEX CONCURRENTLY` waits for, and both would for ever. */
async function takeTurns(client: Client): Promise<void> {
  const lock = "SELECT pg_try_advisory_lock(hashtext('gantry'), hashtext('migrations')) AS mine";
  while (!(await rowsOf<{ mine: boolean }>(client, lock))[0]?.mine) await delay(50);
}

function refuseChanged(files: readonly MigrationFile[], before: readonly Applied[]): void {
  const changed = files.filter(({ name, sha256 }) => before.some((one) => one.name === name && one.sha256 !== sha256));
  const [first] = changed;
  if (!first) return;
  throw new UserError("migration-changed", `${changed.map(({ file }) => file).join(", ")} changed after it was applied`, {
    hint: "put it back as it was, and what should be different into a new migration",
    places: [{ file: first.file, line: 1, column: 1 }],
  });
}

const record = "INSERT INTO gantry.gantry_migrations (name, sha256) VALUES ($1, $2)";
const transactionId = "SELECT pg_current_xact_id()::text AS id";

async function apply(client: Client, migration: MigrationFile): Promise<void> {
  const { name, sha256 } = migration;
  if (!migration.inTransaction) {
    await run(client, migration);
    await client.query(record, [name, sha256]);
    return;
  }
  await inTransaction(client, async () => {
    const [before] = await rowsOf<{ id: string }>(client, transactionId);
    await run(client, migration);
    const [after] = await rowsOf<{ id: string }>(client, transactionId);
    if (before?.id !== after?.id) {
      throw new UserError("migration-commits", `${migration.file} ends the transaction in which it runs`, {
        hint: "take BEGIN, COMMIT and ROLLBACK out of it, or write `-- gantry: no transaction` at its top; part of it may have been done",
        places: [{ file: migration.file, line: 1, column: 1 }],
      });
    }
    await client.query(record, [name, sha256]);
  });
}

async function run(client: Client, { file, sql, inTransaction: whole }: MigrationFile): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    const state = sqlState(error);
    if (state === undefined) throw error;
    const { line, column } = placeOf(sql, Number((error as { position?: string }).position ?? 1));
    throw new GantryError("migration-fails", `${file}:${line}:${column}: ${(error as Error).message} (${state})`, {
      hint: hintFor(state, whole),
      places: [{ file, line, column }],
      cause: error,
    });
  }
}

function hintFor(state: string, whole: boolean): string {
  if (state === "25001" && whole) return "write `-- gantry: no transaction` at its top: Postgres does this only outside of one";
  if (state === "25001") return "a file without a transaction holds one statement: put the others into files of their own";
  return whole
    ? "nothing of this file was done; mend it and call again"
    : "it ran without a transaction: part of it may have been done (an index may be there and invalid)";
}

/** Postgres counts characters, editors count UTF-16 units; both from 1. */
function placeOf(sql: string, position: number): { line: number; column: number } {
  const before = [...sql]
    .slice(0, position - 1)
    .join("")
    .split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}
