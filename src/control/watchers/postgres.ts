import { type Client, rowsOf, withClient } from "../../migrations/run/connect.ts";
import type { PostgresServer } from "../../targets/local/postgres/server.ts";
import type { Reading } from "./watcher.ts";

type Watched = { readonly resource: string; readonly database: string };

/** What a server tells of the databases in it, in the names of postgres_exporter. One connection for all of them. */
export async function readPostgres(server: PostgresServer, watched: readonly Watched[]): Promise<readonly Reading[]> {
  return withClient(server.superuserUrl("postgres"), async (client) => {
    const lag = await replicationLag(client);
    const rows = await rowsOf<Row>(
      client,
      `select d.datname as database, pg_database_size(d.oid)::float8 as bytes,
         case when d.datconnlimit >= 0 then d.datconnlimit else current_setting('max_connections')::int end as most,
         (select count(*)::int from pg_stat_activity a where a.datid = d.oid and a.backend_type = 'client backend') as connections,
         s.deadlocks::float8 as deadlocks, s.xact_commit::float8 as commits, s.xact_rollback::float8 as rollbacks,
         extract(epoch from pg_postmaster_start_time())::float8 as started, s.blks_hit::float8 as hit, s.blks_read::float8 as read,
         pg_is_in_recovery() as follows
       from pg_database d join pg_stat_database s on s.datid = d.oid where d.datname = any ($1)`,
      [watched.map((one) => one.database)],
    );
    return rows.flatMap((row) => {
      const resource = watched.find((one) => one.database === row.database)?.resource ?? "";
      const labels = { resource, datname: row.database };
      const values: Readonly<Record<string, number>> = {
        pg_up: 1,
        pg_replication_is_replica: row.follows ? 1 : 0,
        pg_stat_activity_count: row.connections,
        pg_settings_max_connections: row.most,
        pg_database_size_bytes: row.bytes,
        pg_postmaster_start_time_seconds: row.started,
        pg_stat_database_deadlocks: row.deadlocks,
        pg_stat_database_xact_commit: row.commits,
        pg_stat_database_xact_rollback: row.rollbacks,
        pg_stat_database_blks_hit: row.hit,
        pg_stat_database_blks_read: row.read,
      };
      const readings = Object.entries(values).map(([name, value]): Reading => ({ name, labels, value }));
      return [
        ...readings,
        ...lag.map(({ replica, seconds }) => ({
          name: "pg_replication_lag_seconds",
          labels: { resource, ...(replica === undefined ? {} : { replica }) },
          value: seconds,
        })),
      ];
    });
  });
}

type Row = {
  readonly database: string;
  readonly bytes: number;
  readonly most: number;
  readonly connections: number;
  readonly deadlocks: number;
  readonly commits: number;
  readonly rollbacks: number;
  readonly started: number;
  readonly hit: number;
  readonly read: number;
  readonly follows: boolean;
};

/** A server that nobody follows says 0, as postgres_exporter does of a primary: nothing lags. */
async function replicationLag(client: Client): Promise<readonly { replica?: string; seconds: number }[]> {
  const replicas = await rowsOf<{ replica: string; seconds: number }>(
    client,
    `select application_name as replica, extract(epoch from coalesce(replay_lag, interval '0'))::float8 as seconds from pg_stat_replication`,
  );
  return replicas.length > 0 ? replicas : [{ seconds: 0 }];
}
