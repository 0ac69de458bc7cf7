import type { Client } from "pg";
import { type LockMode, lockModes } from "../finding.ts";

const byServerName = new Map<string, LockMode>(
  lockModes.map((mode) => [
    `${mode.toLowerCase().replace(/(^| )([a-z])/g, (_, __, first: string) => first.toUpperCase())}Lock`,
    mode,
  ]),
);

export const strength = (mode: LockMode): number => lockModes.indexOf(mode);

export type HeldLock = { readonly oid: string; readonly mode: LockMode; readonly granted: boolean };

type Row = { readonly oid: string; readonly mode: string; readonly granted: boolean };

const ask = `SELECT l.relation::text AS oid, l.mode, l.granted FROM pg_locks l
  WHERE l.pid = $1 AND l.locktype = 'relation'
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** The locks on relations that a session has or waits for. */
export async function locksOf(client: Client, pid: number): Promise<readonly HeldLock[]> {
  const { rows } = await client.query<Row>(ask, [pid]);
  return rows.flatMap(({ mode, ...rest }) => {
    const known = byServerName.get(mode);
    return known === undefined ? [] : [{ ...rest, mode: known }];
  });
}

export async function ownPid(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return rows[0]?.pid ?? 0;
}
