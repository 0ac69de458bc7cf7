import { setTimeout as delay } from "node:timers/promises";
import { GantryError } from "../../lib/errors.ts";
import { type Client, placeOfUrl, rowsOf, sqlState, withClient, withDatabase } from "./connect.ts";
import type { Tell } from "./events.ts";
import { identifier } from "./identifier.ts";
import { type Limits, usualLimits } from "./limits.ts";

// One connection that migrates, alone in its database.
//
// 1. It holds an advisory lock from before it looks until it ends, however it ends.
// 2. Where its process dies, the server ends what it was doing: a lock is never held for somebody who is gone.
// 3. Cancelled, the server is told, and what was under way is undone by it.

export type SessionOptions = {
  readonly url: string;
  /** Acts as this role, for one that may. */
  readonly role?: string | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly tell?: Tell | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type Session = {
  readonly client: Client;
  readonly limits: Limits;
  readonly tell: Tell;
  readonly signal: AbortSignal;
  /** What the next migration begins with, whatever the one before has set. */
  readonly freshen: () => Promise<void>;
  /** Why a question failed: cancelled, cut off, or what the server says. */
  readonly reasonOf: (error: unknown, what: string) => unknown;
};

export async function withSession<T>(options: SessionOptions, work: (session: Session) => Promise<T>): Promise<T> {
  const { url, role, tell = () => {}, signal = new AbortController().signal } = options;
  const limits = { ...usualLimits, ...options.limits };
  refuseAborted(signal, "nothing was done");
  return withDatabase(url, async (client) => {
    const gone = { is: false };
    client.once("end", () => (gone.is = true));
    const [self] = await rowsOf<{ pid: number }>(client, "SELECT pg_backend_pid() AS pid");
    const cancel = () => void cancelBackend(url, client, self?.pid ?? 0);
    const reasonOf = (error: unknown, what: string): unknown => {
      if (error instanceof GantryError) return error;
      if (signal.aborted) return new GantryError("interrupted", `interrupted: ${what}`, { cause: error });
      if (gone.is || isGone(error))
        return new GantryError("database-gone", `${placeOfUrl(url)} went away: ${what}`, {
          hint: "once it is back, call again: gantry migrate status says where it stands",
          cause: error,
        });
      return error;
    };
    signal.addEventListener("abort", cancel);
    try {
      await takeTurns(client, tell, signal);
      return await work({
        client,
        limits,
        tell,
        signal,
        reasonOf,
        async freshen() {
          refuseAborted(signal, "before the next migration began");
          await client.query("RESET ALL");
          await setUp(client, limits);
          if (role !== undefined) await client.query(`SET ROLE ${identifier(role)}`);
        },
      });
    } catch (error) {
      throw reasonOf(error, "nothing was under way");
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  });
}

export function refuseAborted(signal: AbortSignal, what: string): void {
  if (signal.aborted) throw new GantryError("interrupted", `interrupted: ${what}`);
}

async function setUp(client: Client, { lockTimeoutMs, statementTimeoutMs }: Limits): Promise<void> {
  // Postgres 14 and later, where the system can tell: looks every second whether anybody still waits for the answer.
  await client
    .query("SELECT set_config(name, '1s', false) FROM pg_settings WHERE name = 'client_connection_check_interval'")
    .catch(() => {});
  await client.query(`SET lock_timeout = ${Math.round(lockTimeoutMs)}`);
  await client.query(`SET statement_timeout = ${Math.round(statementTimeoutMs)}`);
}

/** By asking again and not by waiting in a query: one that waits is what `CREATE INDEX CONCURRENTLY` waits for, and both would for ever. */
async function takeTurns(client: Client, tell: Tell, signal: AbortSignal): Promise<void> {
  const lock = "SELECT pg_try_advisory_lock(hashtext('gantry'), hashtext('migrations')) AS mine";
  for (let told = false; !(await rowsOf<{ mine: boolean }>(client, lock))[0]?.mine; told = true) {
    if (!told) tell({ event: "waiting-turn", ...(await holderOfTurn(client)) });
    await pause(50, signal);
    refuseAborted(signal, "it waited for its turn, and nothing was done");
  }
}

async function holderOfTurn(client: Client): Promise<{ readonly holder?: string }> {
  const [found] = await rowsOf<{ pid: number; since: string | null }>(
    client,
    `SELECT pid, to_char(backend_start, 'HH24:MI:SS') AS since FROM pg_locks LEFT JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND granted AND classid = (hashtext('gantry')::bigint & 4294967295)::oid
       AND objid = (hashtext('migrations')::bigint & 4294967295)::oid AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return found === undefined
    ? {}
    : { holder: `process ${found.pid} of the server${found.since === null ? "" : `, connected since ${found.since}`}` };
}

/** The server ends what is asked; where it cannot be told, the connection is cut and it finds out. */
async function cancelBackend(url: string, client: Client, pid: number): Promise<void> {
  await withClient(url, (other) => other.query("SELECT pg_cancel_backend($1)", [pid])).catch(() => {
    (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream?.destroy();
  });
}

/** Shutdowns and crashes of the server, and connections that were cut. */
function isGone(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return ["57P01", "57P02", "57P03", "08000", "08003", "08006", "25P03", "57P05"].includes(state);
  const code = (error as { code?: unknown }).code;
  return (
    code === "ECONNRESET" ||
    code === "EPIPE" ||
    code === "ECONNREFUSED" ||
    /^Connection terminated|Client has encountered a connection error/.test((error as Error).message)
  );
}

export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
