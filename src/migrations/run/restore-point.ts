import { type Client, sqlState } from "./connect.ts";
import type { Tell } from "./events.ts";

const longestBytes = 63;

/** A name for this moment in the write-ahead log, to which a backup can be brought back; where the server gives none, that is said. */
export async function restorePoint(client: Client, first: string, tell: Tell): Promise<void> {
  const name = nameFor(first);
  try {
    const { rows } = await client.query<{ lsn: string }>("SELECT pg_create_restore_point($1)::text AS lsn", [name]);
    tell({ event: "restore-point", name, ...(rows[0] === undefined ? {} : { lsn: rows[0].lsn }) });
  } catch (error) {
    const state = sqlState(error);
    if (state === undefined) throw error;
    const because =
      state === "42501" ? "this user may not: GRANT EXECUTE ON FUNCTION pg_create_restore_point TO …" : (error as Error).message;
    tell({ event: "restore-point", name, because });
  }
}

function nameFor(first: string): string {
  const name = `gantry before ${first}`.replace(/[^\x20-\x7e]/g, "_");
  return name.slice(0, longestBytes);
}
