import { Client } from "pg";

export type { Client };
export type Row = Record<string, unknown>;

/** A connection for the length of `work`, and not a moment longer. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 15_000, application_name: "gantry" });
  // A connection that is cut while nothing is asked says so here; the next question fails with the reason.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
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
