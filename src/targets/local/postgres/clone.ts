import { GantryError, UserError } from "../../../lib/errors.ts";
import { inTransaction, rowsOf, withClient, type Client } from "../../../migrations/run/connect.ts";
import { asAdministrator, checkedName, ensureRoles, exists, furnish, type DatabaseSpec } from "./databases.ts";
import { identifier, literal } from "../../../migrations/run/identifier.ts";
import { ownRole } from "./roles.ts";
import type { PostgresServer } from "./server.ts";

export type CloneOptions = {
  /** A database or a template: one that nobody is connected to. */
  readonly from: string;
  readonly to: DatabaseSpec;
};

/** A database of its own with all that another holds, for other roles: those of the source have nothing in it. */
export async function cloneDatabase(server: PostgresServer, { from, to }: CloneOptions): Promise<{ readonly created: boolean }> {
  return asAdministrator(server, async (client) => {
    checkedName(to.database);
    const created = await copyOnce(client, server, { from, to: to.database });
    await ensureRoles(client, to);
    if (created) await withClient(server.superuserUrl(to.database), (inside) => handOver(inside, to.owner));
    await furnish(server, client, to);
    // Said last: a clone without it broke off in the middle.
    if (created) await client.query(`COMMENT ON DATABASE ${identifier(to.database)} IS ${literal(cloneMark)}`);
    return { created };
  });
}

const cloneMark = "a clone made by gantry";
export const markOf = "SELECT shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE datname = $1";

type Names = { readonly from: string; readonly to: string };

async function copyOnce(client: Client, server: PostgresServer, { from, to }: Names): Promise<boolean> {
  const [before] = await rowsOf<{ mark: string | null }>(client, markOf, [to]);
  if (before?.mark === cloneMark) return false;
  if (before) {
    const [row] = await rowsOf<{ limit: number }>(client, 'SELECT datconnlimit AS "limit" FROM pg_database WHERE datname = $1', [
      to,
    ]);
    if (row?.limit !== 0) {
      throw new UserError("database-exists", `there is a database ${to} already, and it is no clone`, {
        hint: "choose another name, or delete it first",
      });
    }
    await client.query(`DROP DATABASE ${identifier(to)} WITH (FORCE)`);
  }
  await copyDatabase(client, server, { from, to });
  return true;
}

/** Copies a database to which nobody is connected, file by file; it is closed to everybody at first. */
export async function copyDatabase(client: Client, server: Pick<PostgresServer, "major">, { from, to }: Names): Promise<void> {
  if (!(await exists(client, from))) {
    throw new UserError("no-database", `there is no database ${from}`, { hint: "bring the environment up first" });
  }
  const connected = await sessionsOn(client, from);
  if (connected > 0) {
    throw new GantryError(
      "database-in-use",
      `${connected} sessions are connected to ${from}, and Postgres copies no database in use`,
      {
        hint: "clone its template: `prepareTemplate` makes one without disturbing anybody",
      },
    );
  }
  // On file systems that share blocks the copy costs nothing; elsewhere the kernel copies.
  const methods = server.major >= 18 ? ["clone", "copy"] : [undefined];
  const strategy = server.major >= 15 ? "STRATEGY file_copy" : "";
  for (const [index, method] of methods.entries()) {
    try {
      if (method) await client.query("SELECT set_config('file_copy_method', $1, false)", [method]);
      await client.query(`CREATE DATABASE ${identifier(to)} TEMPLATE ${identifier(from)} CONNECTION LIMIT 0 ${strategy}`);
      return;
    } catch (error) {
      if (index === methods.length - 1) throw error;
    }
  }
}

const sessions = `SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE datname = $1 AND backend_type <> 'autovacuum worker'`;

/** Asked before and not by trying: Postgres waits up to five seconds for sessions to end, and lets nobody new in meanwhile. */
export async function sessionsOn(client: Client, database: string): Promise<number> {
  return (await rowsOf<{ sessions: number }>(client, sessions, [database]))[0]?.sessions ?? 0;
}

const rolesWithThings = `SELECT DISTINCT rolname AS name
  FROM pg_shdepend JOIN pg_roles ON pg_roles.oid = refobjid AND refclassid = 'pg_authid'::regclass
  WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND NOT rolsuper AND rolname !~ '^pg_' AND rolname <> $1`;

/** What the roles of the source own goes to the new owner; what they may here is taken away. */
async function handOver(client: Client, owner: string): Promise<void> {
  await inTransaction(client, async () => {
    const foreign = (await rowsOf<{ name: string }>(client, rolesWithThings, [owner])).map(({ name }) => identifier(name));
    if (foreign.length === 0) return;
    await client.query(`REASSIGN OWNED BY ${foreign.join(", ")} TO ${ownRole(owner)}`);
    // One by one: in one statement Postgres stumbles over rights by default that name two of them.
    for (const role of foreign) await client.query(`DROP OWNED BY ${role}`);
  });
}
