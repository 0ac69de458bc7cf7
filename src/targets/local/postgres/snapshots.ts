import { setTimeout as sleep } from "node:timers/promises";
import { GantryError, UserError } from "../../../lib/errors.ts";
import { copyDatabase } from "./clone.ts";
import { type Client, rowsOf, sqlState } from "../../../migrations/run/connect.ts";
import { type DatabaseSpec, asAdministrator, checkedName, closeDatabase, exists, furnish } from "./databases.ts";
import { identifier, literal } from "../../../migrations/run/identifier.ts";
import type { PostgresServer } from "./server.ts";
import { type Template, type TemplateOptions, prepareTemplate } from "./template.ts";

// Copies of a database that one can go back to, beside it on the same server. Nobody connects to them.

export type Snapshot = { readonly name: string; readonly bytes: number };

/** So many of a database stay; each is as large as what it is a copy of. */
export const snapshotsKept = 3;

const mostTries = 100;
const separator = "/s-";

/** A copy under this name, once. The oldest go, so that there are never more than are kept. */
export async function takeSnapshot(server: PostgresServer, options: TemplateOptions, name: string): Promise<Template> {
  const template = databaseFor(options.from, name);
  const there = await asAdministrator(server, (client) => exists(client, template));
  const taken: Template = there ? { template, by: "there" } : await prepareTemplate(server, { ...options, as: template });
  await asAdministrator(server, (client) => prune(client, options.from));
  return taken;
}

/** The newest first. */
export function listSnapshots(server: PostgresServer, database: string): Promise<readonly Snapshot[]> {
  return asAdministrator(server, (client) => snapshotsIn(client, database));
}

/**
 * The database is again what it was; what it was until now is a snapshot as well, under the name that is given. Whoever is connected is cut
 * off, and nobody gets in until it is done. Where it breaks off in the middle, doing it again goes on.
 */
export async function restoreSnapshot(
  server: PostgresServer,
  spec: DatabaseSpec,
  { name, before }: { readonly name: string; readonly before: string },
): Promise<void> {
  const { database } = spec;
  const template = databaseFor(database, name);
  const kept = databaseFor(database, before);
  await asAdministrator(server, async (client) => {
    if (!(await exists(client, template)))
      throw new UserError("unknown-snapshot", `there is no snapshot ${JSON.stringify(name)} of ${database}`, {
        hint: "gantry snapshots lists those there are",
      });
  });
  await closeDatabase(server, database);
  await asAdministrator(server, async (client) => {
    const next = `${template}.back`;
    await client.query(`DROP DATABASE IF EXISTS ${identifier(next)} WITH (FORCE)`);
    await copyDatabase(client, server, { from: template, to: next });
    if (await exists(client, database)) {
      await renameAlone(client, database, kept);
      await client.query(`COMMENT ON DATABASE ${identifier(kept)} IS ${literal("a snapshot made by gantry")}`);
      await client.query(`ALTER DATABASE ${identifier(kept)} ALLOW_CONNECTIONS false`);
    }
    await client.query(`ALTER DATABASE ${identifier(next)} RENAME TO ${identifier(database)}`);
    await furnish(server, client, spec);
    await prune(client, database);
  });
}

/** Postgres renames no database in use, and whoever measures it connects again and again. */
async function renameAlone(client: Client, from: string, to: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [from]);
    try {
      await client.query(`ALTER DATABASE ${identifier(from)} RENAME TO ${identifier(to)}`);
      return;
    } catch (error) {
      if (sqlState(error) !== "55006" || tries >= mostTries) throw error;
      await sleep(50);
    }
  }
}

async function prune(client: Client, database: string): Promise<void> {
  for (const { name } of (await snapshotsIn(client, database)).slice(snapshotsKept))
    await drop(client, databaseFor(database, name));
}

async function drop(client: Client, template: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${identifier(template)} WITH (FORCE)`);
}

/** Names begin with their moment, so that they sort by it. */
async function snapshotsIn(client: Client, database: string): Promise<readonly Snapshot[]> {
  const begins = `${database}${separator}`;
  const rows = await rowsOf<{ name: string; bytes: number }>(
    client,
    `SELECT datname AS name, pg_database_size(oid)::float8 AS bytes FROM pg_database
     WHERE left(datname, length($1)) = $1 ORDER BY datname COLLATE "C" DESC`,
    [begins],
  );
  return rows
    .map(({ name, bytes }) => ({ name: name.slice(begins.length), bytes }))
    .filter(({ name }) => /^[a-z0-9]+$/.test(name));
}

function databaseFor(database: string, name: string): string {
  checkedName(database);
  const whole = `${database}${separator}${name}`;
  if (!/^[a-z0-9]{1,20}$/.test(name) || Buffer.byteLength(`${whole}.back`) > 63)
    throw new GantryError("unknown-snapshot", `${JSON.stringify(name.slice(0, 60))} is no name of a snapshot`, {
      hint: "gantry snapshots lists those there are",
    });
  return whole;
}
