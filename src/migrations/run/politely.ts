import { GantryError } from "../../lib/errors.ts";
import { type Client, rowsOf, sqlState } from "./connect.ts";
import { type Session, pause, refuseAborted } from "./session.ts";

/** Not given a lock in time, the victim of a deadlock, or overtaken: nothing was done, and it can be tried again. */
const again = new Set(["55P03", "40P01", "40001"]);
const firstMs = 250;
const mostMs = 15_000;

/**
 * Tries until it gets its locks. A statement that waits for one makes everybody behind it wait, so it waits for a moment only, gives up its
 * place, lets the others through, and comes back a little later each time.
 */
export async function politely<T>(session: Session, migration: string, work: () => Promise<T>): Promise<T> {
  const { client, limits, tell, signal } = session;
  const since = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    refuseAborted(signal, `${migration} waited for a lock; nothing of this try was done`);
    try {
      return await work();
    } catch (error) {
      if (!again.has(sqlState(error) ?? "") || signal.aborted) throw error;
      const holder = await holderOf(client);
      const waitedMs = performance.now() - since;
      if (waitedMs >= limits.patienceMs)
        throw new GantryError(
          "locked-out",
          `${migration} did not get its locks in ${Math.round(waitedMs / 1_000)} s and ${attempt} tries${holder === undefined ? "" : `: ${holder}`}`,
          { hint: "nothing of it was done; end what holds them, or call again when there is less going on", cause: error },
        );
      const nextMs = Math.round(Math.min(mostMs, firstMs * 2 ** Math.min(attempt - 1, 10)) * (0.5 + Math.random() / 2));
      tell({ event: "locked-out", migration, attempt, nextMs, ...(holder === undefined ? {} : { holder }) });
      await pause(nextMs, signal);
    }
  }
}

/** Who has been in a transaction for the longest: mostly it is them. */
async function holderOf(client: Client): Promise<string | undefined> {
  const [oldest] = await rowsOf<{ pid: number; name: string; s: number; state: string }>(
    client,
    `SELECT pid, application_name AS name, extract(epoch FROM clock_timestamp() - xact_start)::int AS s, state FROM pg_stat_activity
     WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'
     ORDER BY xact_start LIMIT 1`,
  ).catch(() => []);
  if (oldest === undefined) return undefined;
  return `the oldest transaction is that of process ${oldest.pid}${oldest.name === "" ? "" : ` (${oldest.name})`}, ${oldest.s} s, ${oldest.state ?? "hidden"}`;
}
