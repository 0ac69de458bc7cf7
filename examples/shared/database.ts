import { Pool, type PoolClient } from "pg";
import { HttpError } from "./http-error.ts";
import { errorFields, log } from "./log.ts";
import { gauge, histogram } from "./metrics.ts";

export type Queries = {
  readonly rows: <Row>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;
  /** The first row, if there is one. */
  readonly row: <Row>(sql: string, values?: readonly unknown[]) => Promise<Row | undefined>;
};

export type Database = Queries & {
  /** All of it or nothing. */
  readonly transaction: <T>(work: (queries: Queries) => Promise<T>) => Promise<T>;
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const queryTime = histogram("db_query_duration_seconds", "How long queries took.");

/** A pool on DATABASE_URL. Values are always handed over beside the SQL, never in it. */
export function connectDatabase({ max }: { readonly max: number }): Database {
  const connectionString = process.env["DATABASE_URL"];
  if (!connectionString) throw new Error("DATABASE_URL is not set");
  const pool = new Pool({
    connectionString,
    max,
    application_name: process.env["GANTRY_SERVICE"] ?? "example",
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
  });
  // A connection that is lost while nobody uses it must not end the process.
  pool.on("error", (error) => log("warn", "a database connection was lost", errorFields(error)));
  gauge("db_pool_in_use", "Connections that are taken.", () => pool.totalCount - pool.idleCount);
  gauge("db_pool_max", "Connections that there can be.", () => max);
  gauge("db_pool_waiting", "Who waits for a connection.", () => pool.waitingCount);

  const queries = (client: Pool | PoolClient): Queries => {
    const rows = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> => {
      const startedAt = performance.now();
      try {
        return (await client.query(sql, [...values])).rows as Row[];
      } finally {
        queryTime({}, (performance.now() - startedAt) / 1_000);
      }
    };
    return { rows, row: async <Row>(sql: string, values?: readonly unknown[]) => (await rows<Row>(sql, values))[0] };
  };
  const everything = queries(pool);
  return {
    ...everything,
    transaction: (work) => transaction(pool, (client) => work(queries(client))),
    ping: async () => void (await everything.rows("select 1")),
    close: () => pool.end(),
  };
}

async function transaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    client.release();
    return result;
  } catch (error) {
    // A connection on which not even that works is thrown away.
    await client.query("rollback").then(
      () => client.release(),
      (broken: Error) => client.release(broken),
    );
    throw error;
  }
}

/** What Postgres says that is the asker's to know, as the answer they get. */
export function databaseError(error: unknown): HttpError | undefined {
  const { code = "", message = "" } = error instanceof Error ? (error as Error & { code?: string }) : {};
  if (code === "23505") return new HttpError(409, "exists", "there is one already");
  if (code === "23503") return new HttpError(422, "not-there", "it refers to something that is not there");
  if (code === "23514") return new HttpError(422, "not-allowed", "a rule of the database forbids these values");
  if (code === "42501" && message.includes("row-level security"))
    return new HttpError(403, "not-yours", "this belongs to somebody else");
  const away = /^(ECONN|ENOTFOUND|EPIPE|57P0|08|53)/.test(code) || message.includes("timeout exceeded when trying to connect");
  return away ? new HttpError(503, "database-away", "the database does not answer") : undefined;
}
