import { setTimeout as sleep } from "node:timers/promises";
import { rowsOf, withClient } from "../../../migrations/run/connect.ts";
import { identifier } from "../../../migrations/run/identifier.ts";
import type { PostgresServer } from "./server.ts";

// Makes one database fail on purpose. All of it hangs on a transaction that is never committed: when its session ends, for whatever reason,
// everything is as it was.

const breathMs = 50;
const againMs = 100;

/** Who is connected is cut off, and who connects waits: the database is about to be renamed, and never is. */
export async function closeOnPurpose(server: PostgresServer, database: string, signal: AbortSignal): Promise<void> {
  const name = identifier(database);
  await withClient(server.superuserUrl("postgres"), async (client) => {
    while (!signal.aborted) {
      await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'",
        [database],
      );
      await client.query("BEGIN");
      try {
        await client.query(`ALTER DATABASE ${name} RENAME TO ${identifier(`${database.slice(0, 50)}/away`)}`);
        await sleep(3_600_000, undefined, { signal }).catch(() => undefined);
      } catch {
        // Somebody was faster and is connected again.
      } finally {
        await client.query("ROLLBACK");
      }
      await sleep(againMs, undefined, { signal }).catch(() => undefined);
    }
  });
}

/** Whatever asks for a table waits, for so long again and again. */
export async function slowOnPurpose(
  server: PostgresServer,
  { database, stillMs }: { readonly database: string; readonly stillMs: number },
  signal: AbortSignal,
): Promise<void> {
  await withClient(server.superuserUrl(database), async (client) => {
    const tables = await rowsOf<{ name: string }>(
      client,
      "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    );
    await client.query("SET lock_timeout = '1s'");
    while (!signal.aborted && tables.length > 0) {
      await client.query("BEGIN");
      try {
        await client.query(`LOCK TABLE ${tables.map(({ name }) => name).join(", ")} IN ACCESS EXCLUSIVE MODE`);
        await sleep(stillMs, undefined, { signal }).catch(() => undefined);
      } catch {
        // Somebody holds one for longer, who is slow without our doing.
      } finally {
        await client.query("ROLLBACK");
      }
      await sleep(breathMs, undefined, { signal }).catch(() => undefined);
    }
  });
}
