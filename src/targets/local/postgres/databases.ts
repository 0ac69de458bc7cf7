import { UserError } from "../../../lib/errors.ts";
import { rowsOf, sqlState, urlFor, withClient, type Client } from "../../../migrations/run/connect.ts";
import { identifier, wholeNumber } from "../../../migrations/run/identifier.ts";
import { connectRole, createRole, setAccess, setPrivileges } from "./privileges.ts";
import { ensureRole, ownDatabase, ownRole, type DatabaseRole } from "./roles.ts";
import type { PostgresServer } from "./server.ts";

/** A database as an environment of a product has it. */
export type DatabaseSpec = {
  readonly database: string;
  /** Owns what is in it. It cannot log in: migrators act as it. */
  readonly owner: string;
  /** How many connections all of its roles may hold together. */
  readonly connectionLimit?: number;
  readonly roles: readonly DatabaseRole[];
  readonly extensions?: readonly string[];
};

const longestDatabaseBytes = 63 - Buffer.byteLength("/template.new");

/** Makes a database what the spec says, or makes it so again: also after a limit, a password or a role changed. */
export async function provisionDatabase(server: PostgresServer, spec: DatabaseSpec): Promise<{ readonly created: boolean }> {
  return asAdministrator(server, async (client) => {
    const name = checkedName(spec.database);
    const created = !(await exists(client, spec.database));
    await ensureRoles(client, spec);
    // Nobody gets in before it is closed to the public: a limit does not hold for superusers.
    if (created) await client.query(`CREATE DATABASE ${name} TEMPLATE template0 CONNECTION LIMIT 0`);
    await furnish(server, client, spec);
    return { created };
  });
}

export async function ensureRoles(client: Client, { database, owner, roles, connectionLimit = -1 }: DatabaseSpec): Promise<void> {
  // Before anything is done: what is refused leaves nothing.
  for (const name of [owner, ...roles.map((role) => role.name)]) ownRole(name);
  for (const limit of [connectionLimit, ...roles.map((role) => role.connectionLimit ?? -1)]) wholeNumber(limit);
  for (const name of [connectRole(database), createRole(database), owner]) await ensureRole(client, { name });
  for (const role of roles) await ensureRole(client, role);
}

/** Everything but the database itself and its roles; the limit, which opens it, comes last. */
export async function furnish(server: PostgresServer, client: Client, spec: DatabaseSpec): Promise<void> {
  await setAccess(client, spec);
  await withClient(server.superuserUrl(spec.database), async (inside) => {
    await addExtensions(inside, spec.extensions ?? []);
    await setPrivileges(inside, spec);
  });
  await client.query(`ALTER DATABASE ${identifier(spec.database)} CONNECTION LIMIT ${wholeNumber(spec.connectionLimit ?? -1)}`);
}

async function addExtensions(client: Client, extensions: readonly string[]): Promise<void> {
  const available = await rowsOf<{ name: string }>(client, "SELECT name FROM pg_available_extensions WHERE name = ANY($1)", [
    extensions,
  ]);
  const missing = extensions.filter((extension) => !available.some(({ name }) => name === extension));
  if (missing.length > 0) {
    throw new UserError("no-extension", `this Postgres has no extension ${missing.join(", ")}`, {
      hint: "install the Postgres of the version in the spec with that extension; the one that npm brings has only what Postgres itself ships",
    });
  }
  for (const extension of extensions) await client.query(`CREATE EXTENSION IF NOT EXISTS ${identifier(extension)} CASCADE`);
}

/** Nobody gets in any more, and whoever was in is out; what is in it stays. A database that is not there rests already. */
export async function closeDatabase(server: PostgresServer, database: string): Promise<void> {
  await asAdministrator(server, async (client) => {
    if (!(await exists(client, database))) return;
    await client.query(`ALTER DATABASE ${checkedName(database)} CONNECTION LIMIT 0`);
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [database]);
  });
}

export async function openDatabase(server: PostgresServer, database: string, connectionLimit = -1): Promise<void> {
  await asAdministrator(server, async (client) => {
    if (!(await exists(client, database))) return;
    await client.query(`ALTER DATABASE ${checkedName(database)} CONNECTION LIMIT ${wholeNumber(connectionLimit)}`);
  });
}

/** Deletes a database with its template and the roles, whoever is connected. What is not there is fine. */
export async function dropDatabase(server: PostgresServer, database: string, roles: readonly string[]): Promise<void> {
  await asAdministrator(server, async (client) => {
    for (const name of [database, templateName(database), `${templateName(database)}.new`]) {
      checkedName(database);
      await client.query(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`);
    }
    for (const name of [...roles.map((role) => (ownRole(role), role)), connectRole(database), createRole(database)]) {
      await dropRole(client, name);
    }
  });
}

async function dropRole(client: Client, name: string): Promise<void> {
  try {
    await client.query(`DROP ROLE IF EXISTS ${identifier(name)}`);
  } catch (error) {
    if (sqlState(error) !== "2BP01") throw error;
    throw new UserError("role-in-use", `the role ${name} still has things in another database`, {
      hint: "delete that database first",
      cause: error,
    });
  }
}

export type DatabaseView = {
  readonly database: string;
  readonly bytes: number;
  readonly sessions: number;
  readonly connectionLimit: number;
};

const allDatabases = `SELECT datname AS database, pg_database_size(oid)::float8 AS bytes, datconnlimit AS "connectionLimit",
  (SELECT count(*)::int FROM pg_stat_activity WHERE datid = pg_database.oid AND backend_type = 'client backend') AS sessions
  FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1') ORDER BY datname`;

export const listDatabases = (server: PostgresServer): Promise<readonly DatabaseView[]> =>
  withClient(server.superuserUrl(), (client) => rowsOf<DatabaseView>(client, allDatabases));

export const databaseSize = async (server: PostgresServer, database: string): Promise<number | undefined> =>
  (await listDatabases(server)).find((one) => one.database === database)?.bytes;

/** For the environment of whoever connects with that role. Holds a password. */
export const databaseUrl = (server: PostgresServer, role: Pick<DatabaseRole, "name" | "password">, database: string): string =>
  urlFor(server.port, role.name, role.password, database);

/** The copy of a database that nobody connects to, from which others are cloned. */
export const templateName = (database: string): string => `${database}/template`;

export function checkedName(database: string): string {
  if (Buffer.byteLength(database) > longestDatabaseBytes) {
    throw new UserError("bad-name", `the database name ${JSON.stringify(database)} is too long`, {
      hint: `at most ${longestDatabaseBytes} bytes: the names of its template and roles begin with it`,
    });
  }
  return ownDatabase(database);
}

export async function exists(client: Client, database: string): Promise<boolean> {
  return (await rowsOf(client, "SELECT 1 FROM pg_database WHERE datname = $1", [database])).length > 0;
}

/** Roles and databases are the server's: whoever changes them takes turns. The lock ends with the connection. */
export function asAdministrator<T>(server: PostgresServer, work: (client: Client) => Promise<T>): Promise<T> {
  return withClient(server.superuserUrl(), async (client) => {
    await client.query("SET client_min_messages = warning");
    await client.query("SELECT pg_advisory_lock(hashtext('gantry'), hashtext('administration'))");
    return work(client);
  });
}
