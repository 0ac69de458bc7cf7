import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { ConflictError, GantryError } from "../lib/errors.ts";

/** Another number than those of migrations and of the feed. */
const lockNumber = 7241;
/** Whoever had it on this machine until now is dead, or dying. */
const patienceMs = 5_000;
const retryMs = 200;
const connectionTimeoutMillis = 10_000;

/**
 * Servers of one machine share a database; those of different machines, or of different folders, do not: runs belong to the machine whose
 * agent has their replicas. The lock is its connection's, and goes with it; where the database goes away and comes back it is taken again,
 * before anybody else can have come up.
 */
export async function holdDatabase(database: string, onTaken: (error: Error) => void): Promise<void> {
  const hold = async (): Promise<void> => {
    const client = new Client({
      connectionString: database,
      application_name: "gantry server",
      keepAlive: true,
      connectionTimeoutMillis,
    });
    const lost = (): void => {
      client.removeAllListeners("end");
      void client.end().catch(() => {});
      void again();
    };
    client.on("error", () => {});
    try {
      await client.connect();
      const untilMs = performance.now() + patienceMs;
      for (;;) {
        const { rows } = await client.query<{ got: boolean }>("select pg_try_advisory_lock($1) as got", [lockNumber]);
        if (rows[0]?.got === true) break;
        if (performance.now() > untilMs)
          throw new ConflictError("held-elsewhere", "another gantry server has this database", {
            hint: "end that one, or take another database; servers beside each other have one folder",
          });
        await sleep(retryMs);
      }
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    client.once("end", lost);
  };
  const again = async (): Promise<void> => {
    for (;;) {
      const failed = await hold().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failed === undefined) return;
      if (failed instanceof ConflictError) return onTaken(failed);
      await sleep(retryMs);
    }
  };
  await hold().catch((error: unknown) => {
    throw databaseProblem(error);
  });
}

/** What is wrong with a database that was given, without what was given: its address has a password in it. */
export function databaseProblem(error: unknown): unknown {
  if (error instanceof GantryError) return error;
  const { code = "" } = error as { readonly code?: string };
  const why =
    refusals[code] ??
    (code === "ERR_INVALID_URL"
      ? "what it says is no address"
      : /^[0-9A-Z]{5}$/.test(code)
        ? `Postgres refuses it (${code})`
        : `it cannot be reached (${code === "" ? "no reason was given" : code})`);
  return new GantryError("no-connection", `the database that DATABASE_URL names cannot be used: ${why}`, {
    hint: "as postgres://user:password@host:5432/name",
  });
}

const refusals: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there",
  ENOTFOUND: "there is no such host",
  ETIMEDOUT: "it does not answer",
  "28P01": "the password is wrong",
  "28000": "its user may not sign in",
  "3D000": "there is no database of this name",
  "42501": "its user may not make tables in it",
};
