import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool, type QueryResultRow } from "pg";
import { GantryError } from "../lib/errors.ts";
import { accessTokensIn } from "./access-tokens.ts";
import { approvalLinksIn } from "./approval-links.ts";
import { createBell } from "./bell.ts";
import { commandsIn } from "./commands.ts";
import { environmentsIn } from "./environments.ts";
import { eventsIn } from "./events.ts";
import { feedIn } from "./feed.ts";
import { idempotentIn } from "./idempotent.ts";
import { noticesIn } from "./notices.ts";
import { originsIn } from "./origins.ts";
import type { Query } from "./query.ts";
import { ratesIn } from "./rates.ts";
import { rehearsalsIn } from "./rehearsals.ts";
import { releasesIn } from "./releases.ts";
import { runsIn } from "./runs.ts";
import { schedulesIn } from "./schedules.ts";
import { sessionsIn } from "./sessions.ts";

// The control database. Each migration is a numbered file; each query below says what it is for.

export type { EnvironmentRow } from "./environments.ts";

export type RevisionRow = {
  readonly service: string;
  readonly revision: string;
  readonly artifact: string;
  readonly createdAt: Date;
  readonly servingSince: Date | null;
  readonly retiredAt: Date | null;
  /** Nobody goes back to it by himself. */
  readonly takenBackAt: Date | null;
};

export type Store = Awaited<ReturnType<typeof openStore>>;

const schemaVersion = 1;

/** As long as a server that died may take to come back. */
const patienceMs = 15_000;
const connectionTimeoutMillis = 10_000;

/** The server was not there, or not yet: nothing of the query has been done. */
function neverArrived(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === "ECONNREFUSED" || code === "57P03";
}

export async function openStore(connectionString: string) {
  const pool = new Pool({
    connectionString,
    max: 5,
    idleTimeoutMillis: 30_000,
    application_name: "gantry control",
    connectionTimeoutMillis,
  });
  // A server that is stopped takes its idle connections with it; the next query opens a new one.
  pool.on("error", () => {});
  await migrate(pool);
  const bell = createBell(connectionString);
  const query: Query = async <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> => {
    const until = Date.now() + patienceMs;
    for (;;) {
      try {
        return (await pool.query<Row>(text, [...values])).rows;
      } catch (error) {
        if (!neverArrived(error) || Date.now() > until) throw error;
        await sleep(100);
      }
    }
  };

  return {
    /** A number that no other control process has had. */
    async nextEpoch(): Promise<number> {
      const [row] = await query<{ epoch: string }>("select nextval('epoch') as epoch");
      return Number(row?.epoch);
    },

    async putRevision(row: {
      readonly product: string;
      readonly environment: string;
      readonly service: string;
      readonly revision: string;
      readonly artifact: string;
      readonly spec: unknown;
      readonly migrations: unknown;
      /** The database has had these: it runs with them, whatever it came with the first time. */
      readonly isMigrated: boolean;
    }): Promise<void> {
      await query(
        `insert into revision (product, environment, service, revision, artifact, spec, migrations, schema_version)
         values ($1, $2, $3, $4, $5, $6, $7, ${schemaVersion})
         on conflict (product, environment, service, revision) do update set spec = excluded.spec,
           migrations = case when $8 then excluded.migrations else coalesce(revision.migrations, excluded.migrations) end`,
        [
          row.product,
          row.environment,
          row.service,
          row.revision,
          row.artifact,
          JSON.stringify(row.spec),
          JSON.stringify(row.migrations),
          row.isMigrated,
        ],
      );
    },

    /** One revision of the service serves from now on, and the others do not. */
    async setServing(product: string, environment: string, service: string, revision: string): Promise<void> {
      await query(
        `update revision set
           serving_since = case when revision = $4 then coalesce(case when retired_at is null then serving_since end, now()) else serving_since end,
           taken_back_at = case when revision = $4 then null else taken_back_at end,
           retired_at = case when revision = $4 then null else coalesce(retired_at, case when serving_since is not null then now() end) end
         where product = $1 and environment = $2 and service = $3`,
        [product, environment, service, revision],
      );
    },

    /** The revisions of an environment, the newest first. */
    async revisions(product: string, environment: string): Promise<RevisionRow[]> {
      return query(
        `select service, revision, artifact, created_at as "createdAt", serving_since as "servingSince", retired_at as "retiredAt",
           taken_back_at as "takenBackAt"
         from revision where product = $1 and environment = $2 order by coalesce(serving_since, created_at) desc, revision`,
        [product, environment],
      );
    },

    async artifactsInUse(): Promise<string[]> {
      return (await query<{ artifact: string }>("select distinct artifact from revision")).map((row) => row.artifact);
    },

    async removeRevision(product: string, environment: string, service: string, revision: string): Promise<void> {
      await query("delete from revision where product = $1 and environment = $2 and service = $3 and revision = $4", [
        product,
        environment,
        service,
        revision,
      ]);
    },

    ...environmentsIn(query),
    ...eventsIn(query),
    approvalLinks: approvalLinksIn(query),
    notices: noticesIn(query, pool),
    origins: originsIn(query),
    rehearsals: rehearsalsIn(query),
    releases: releasesIn(query),
    runs: runsIn(query),
    commands: commandsIn(query),
    schedules: schedulesIn(query),
    accessTokens: accessTokensIn(query),
    idempotent: idempotentIn(query),
    rates: ratesIn(query),
    sessions: sessionsIn(query),
    feed: feedIn(query),
    bell,

    async close(): Promise<void> {
      await bell.close();
      await pool.end();
    },
  };
}

/** Applies the migrations that are missing, one process at a time. */
async function migrate(pool: Pool): Promise<void> {
  const folder = new URL("./sql/", import.meta.url);
  const files = readdirSync(folder)
    .filter((name) => /^\d{6}-.*\.sql$/.test(name))
    .toSorted();
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock(7239)");
    await client.query(
      "create table if not exists migration (name text primary key, applied_at timestamptz not null default now())",
    );
    const { rows } = await client.query<{ name: string }>("select name from migration");
    const done = new Set(rows.map((row) => row.name));
    const newer = [...done].find((name) => !files.includes(name));
    if (newer !== undefined)
      throw new GantryError("newer-state", `the control database was made by a newer Gantry (it has ${newer})`, {
        hint: "use that version, or a fresh folder",
      });
    for (const name of files.filter((one) => !done.has(one))) {
      await client.query("begin");
      await client.query(readFileSync(new URL(name, folder), "utf8"));
      await client.query("insert into migration (name) values ($1)", [name]);
      await client.query("commit");
    }
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  } finally {
    await client.query("select pg_advisory_unlock(7239)").catch(() => {});
    client.release();
  }
}
