import { Client, type ClientConfig } from "pg";
import { GantryError, UserError } from "../../lib/errors.ts";

export type { Client };
export type Row = Record<string, unknown>;

/** A connection for the length of `work`, and not a moment longer. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(configOf(url));
  // A connection that is cut while nothing is asked says so here; the next question fails with the reason.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function configOf(url: string): ClientConfig {
  const { hostname, port, username, password, pathname, searchParams } = parsed(url);
  const ssl = sslOf(searchParams.get("sslmode"));
  return {
    // A folder as host is that of the server's socket.
    host: searchParams.get("host") ?? hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    // Read here, for pg leaves some characters as they are written in a URL.
    database: decodeURIComponent(pathname.slice(1)),
    connectionTimeoutMillis: 15_000,
    application_name: "gantry",
    ...(ssl === undefined ? {} : { ssl }),
  };
}

function parsed(url: string): URL {
  try {
    const read = new URL(url);
    if (/^postgres(ql)?:$/.test(read.protocol)) return read;
  } catch {
    // Not told as it is: there is a password in it.
  }
  throw new UserError("usage", "what is given is no address of a Postgres database", {
    hint: "postgres://user:password@host:5432/database",
  });
}

/** As libpq means them: `require` encrypts and trusts whoever answers, `verify-full` wants to know who that is. */
function sslOf(mode: string | null): ClientConfig["ssl"] {
  switch (mode) {
    case "require":
    case "no-verify":
      return { rejectUnauthorized: false };
    case "verify-ca":
    case "verify-full":
      return { rejectUnauthorized: true };
    default:
      return undefined;
  }
}

/** Where a database is, as it can be told to anybody. */
export function placeOfUrl(url: string): string {
  const { hostname, port, pathname, searchParams } = parsed(url);
  return `${decodeURIComponent(pathname.slice(1))} at ${searchParams.get("host") ?? hostname}:${port || 5432}`;
}

/** The same with a failure to get there said in words that hold no password. */
export async function withDatabase<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  let connected = false;
  try {
    return await withClient(url, (client) => {
      connected = true;
      return work(client);
    });
  } catch (error) {
    if (connected || error instanceof GantryError) throw error;
    throw new GantryError(
      "no-connection",
      `${placeOfUrl(url)} cannot be connected to: ${(error as Error).message || "no answer"}`,
      {
        hint: hintFor(sqlState(error)),
        cause: error,
      },
    );
  }
}

function hintFor(state: string | undefined): string {
  if (state === "28P01" || state === "28000") return "is it the right user and password?";
  if (state === "3D000") return "there is no such database on that server";
  if (state === "53300" || state === "42501") return "somebody has to let this user in";
  return "is the server up, and can it be reached from here?";
}

export async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query("BEGIN");
  try {
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

export async function rowsOf<T extends Row>(client: Client, sql: string, values: readonly unknown[] = []): Promise<readonly T[]> {
  const { rows } = await client.query<T>(sql, [...values]);
  return rows;
}

/** A URL for a client. It holds a password: it goes into an environment or a sealed store, never into a log. */
export function urlFor(port: number, user: string, password: string, database: string): string {
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

/** The five characters by which Postgres tells its errors apart. */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
