import { GantryError } from "../../lib/errors.ts";
import { type Client, rowsOf, sqlState } from "./connect.ts";

// What a database knows of its migrations, in a schema that services do not see.
//
// 1. `gantry_migrations`: what was applied. A row is written in the transaction that did it.
// 2. `gantry_migrations_half`: what has begun outside of one transaction and is not done. A row is there before the first statement, and
//    goes in the transaction that writes the other one.

export type Applied = { readonly name: string; readonly sha256: string };

/** How far a migration is that cannot be done in one go. */
export type Half = {
  readonly name: string;
  readonly direction: "up" | "down";
  readonly sha256: string;
  readonly progress: Progress;
  readonly begun: Date;
};

export type Progress = {
  /** Of each statement that is done, its hash. */
  readonly done?: readonly string[];
  /** The one that has begun, and may be done. */
  readonly running?: string;
  readonly backfill?: {
    readonly after: readonly string[];
    readonly until: readonly string[];
    readonly seen: number;
    readonly changed: number;
  };
};

const tables = [
  [
    "gantry.gantry_migrations",
    "CREATE TABLE gantry.gantry_migrations (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
  ],
  [
    "gantry.gantry_migrations_half",
    `CREATE TABLE gantry.gantry_migrations_half (name text PRIMARY KEY, direction text NOT NULL, sha256 text NOT NULL,
      progress jsonb NOT NULL, begun_at timestamptz NOT NULL DEFAULT now())`,
  ],
] as const;

/** As SQL for whoever makes them by hand. */
export const recordTables = `CREATE SCHEMA IF NOT EXISTS gantry;\n${tables
  .map(([, sql]) => `${sql.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS").replace(/\s+/g, " ")};`)
  .join("\n")}`;

const there = async (client: Client, table: string): Promise<boolean> =>
  (await rowsOf<{ found: boolean }>(client, "SELECT to_regclass($1) IS NOT NULL AS found", [table]))[0]?.found === true;

/** Only what is missing: whoever may not make a schema can still write into one that is there. */
export async function ensureRecords(client: Client): Promise<void> {
  try {
    const [schema] = await rowsOf(client, "SELECT 1 FROM pg_namespace WHERE nspname = 'gantry'");
    if (schema === undefined) await client.query("CREATE SCHEMA IF NOT EXISTS gantry");
    for (const [table, sql] of tables) if (!(await there(client, table))) await client.query(sql);
  } catch (error) {
    if (sqlState(error) !== "42501") throw error;
    throw new GantryError("not-allowed", `this user may not keep records of migrations: ${(error as Error).message}`, {
      hint: "GRANT CREATE ON DATABASE … TO …, or let somebody make the schema gantry and own it",
      cause: error,
    });
  }
}

/** Which migrations a database has had, in their order. None in one that never had any. */
export async function appliedMigrations(client: Client): Promise<readonly Applied[]> {
  return (await there(client, "gantry.gantry_migrations"))
    ? rowsOf<Applied>(client, "SELECT name, sha256 FROM gantry.gantry_migrations ORDER BY applied_at, name")
    : [];
}

export async function halfDone(client: Client): Promise<readonly Half[]> {
  return (await there(client, "gantry.gantry_migrations_half"))
    ? rowsOf<Half>(
        client,
        'SELECT name, direction, sha256, progress, begun_at AS "begun" FROM gantry.gantry_migrations_half ORDER BY begun_at',
      )
    : [];
}

export async function writeHalf(client: Client, half: Omit<Half, "begun">): Promise<void> {
  await client.query(
    `INSERT INTO gantry.gantry_migrations_half (name, direction, sha256, progress) VALUES ($1, $2, $3, $4)
     ON CONFLICT (name) DO UPDATE SET direction = excluded.direction, sha256 = excluded.sha256, progress = excluded.progress`,
    [half.name, half.direction, half.sha256, JSON.stringify(half.progress)],
  );
}

export async function recordDone(client: Client, direction: "up" | "down", { name, sha256 }: Applied): Promise<void> {
  if (direction === "up")
    await client.query("INSERT INTO gantry.gantry_migrations (name, sha256) VALUES ($1, $2)", [name, sha256]);
  else await client.query("DELETE FROM gantry.gantry_migrations WHERE name = $1", [name]);
  await client.query("DELETE FROM gantry.gantry_migrations_half WHERE name = $1", [name]);
}
