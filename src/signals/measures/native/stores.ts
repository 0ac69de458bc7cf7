import { bytesOf, parseBytes } from "../../../lib/quantities.ts";
import { list, refName } from "../../../spec/derive.ts";
import type { Environment } from "../../../spec/environment.ts";
import { type About, is, metricWith, oneOf } from "../matchers.ts";
import { type Measured, type NotMeasured, minutesMs, refused, refusedHere } from "../measured.ts";
import type { Shape } from "../shape.ts";
import type { SignalData } from "../spec-data.ts";
import type { Asking } from "./asking.ts";
import { timedAs } from "../requests-as.ts";

type Resource = Extract<About, { kind: "resource" }>;

/** Databases, caches and buckets, as postgres_exporter, redis_exporter and node_exporter name them; `resource` says which. */
export function stores(asking: Asking, about: About): Measured | NotMeasured {
  const { signal, environment, asShare } = asking;
  if (about.kind === "service" && signal.measure === "disk")
    return {
      is: "measured",
      shape: {
        is: "not free",
        free: metricWith("node_filesystem_avail_bytes", { service: about.name }, signal),
        size: metricWith("node_filesystem_size_bytes", { service: about.name }, signal),
      },
      unit: "share",
      own: ["service"],
      says: `how full ${about.name}'s disk is`,
    };
  if (about.kind !== "resource") return refused(`${signal.measure} is measured of resources`);
  const { name, resource } = about;
  const own = ["resource"];
  const of = (metric: string) => metricWith(metric, { resource: name }, signal);
  const nothing = refused(`nothing measures ${signal.measure} of a ${resource.kind}`);
  switch (signal.measure) {
    case "disk":
      if (resource.kind === "bucket" && resource.engine !== "minio")
        return refused(`the cloud's bucket ${name} does not get full`);
      if (resource.kind !== "postgres" && resource.kind !== "bucket") return nothing;
      return { is: "measured", shape: diskNotFree(signal, name), unit: "share", own, says: `how full ${name}'s disk is` };
    case "connections":
      if (resource.kind !== "postgres" && resource.kind !== "redis") return nothing;
      return {
        is: "measured",
        shape: {
          is: "gauge",
          of: of(resource.kind === "redis" ? "redis_connected_clients" : "pg_stat_activity_count"),
          fold: "sum",
        },
        unit: "count",
        own,
        says: `how many connections ${name} has`,
      };
    case "connectionsUsed":
      if (resource.kind !== "postgres") return nothing;
      return {
        is: "measured",
        shape: connectionsTaken(signal, name),
        unit: "share",
        own,
        says: `the share of ${name}'s connections that are taken`,
      };
    case "replicationLag":
      if (resource.kind !== "postgres") return nothing;
      return {
        is: "measured",
        shape: { is: "gauge", of: of("pg_replication_lag_seconds"), fold: "max" },
        unit: "seconds",
        own,
        says: `how far ${name}'s replica is behind`,
      };
    case "queryTime":
      return queryTime(asking, about);
    case "hitRate": {
      if (resource.kind !== "redis") return nothing;
      const hits = of("redis_keyspace_hits_total");
      return {
        is: "measured",
        shape: { is: "share", part: hits, whole: [hits, of("redis_keyspace_misses_total")] },
        unit: "share",
        own,
        says: `the share of what ${name} was asked for that it had`,
      };
    }
    case "backupAge":
      return {
        is: "measured",
        shape: { is: "since", moment: of("backup_last_success_timestamp_seconds") },
        unit: "seconds",
        own,
        says: `how old the newest good backup of ${name} is`,
      };
    default:
      return backupFailures({ signal, environment, asShare }, about);
  }
}

export function diskNotFree(signal: SignalData, name: string): Shape {
  return {
    is: "not free",
    free: metricWith("node_filesystem_avail_bytes", { resource: name }, signal),
    size: metricWith("node_filesystem_size_bytes", { resource: name }, signal),
  };
}

export function connectionsTaken(signal: SignalData, name: string): Shape {
  return {
    is: "taken",
    used: metricWith("pg_stat_activity_count", { resource: name }, signal),
    limit: metricWith("pg_settings_max_connections", { resource: name }, signal),
    fold: "sum",
  };
}

/** A redis without a limit of its own may use as much as the spec gives it. */
export function redisMemory(signal: SignalData, { name, resource }: Resource): Shape {
  const memory = resource.kind === "redis" ? resource.memory : undefined;
  return {
    is: "filled",
    used: metricWith("redis_memory_used_bytes", { resource: name }, signal),
    limit: metricWith("redis_memory_max_bytes", { resource: name }, signal),
    ...(memory === undefined || parseBytes(memory) === undefined ? {} : { spare: bytesOf(memory) }),
  };
}

/** Queries are timed by the services that ask them. */
function queryTime({ signal, environment }: Asking, { name, resource }: Resource): Measured | NotMeasured {
  if (resource.kind !== "postgres" && resource.kind !== "search")
    return refused(`nothing times the queries of a ${resource.kind}`);
  const asking = usersOf(name, environment);
  if (asking.length === 0) return refusedHere(`no service uses ${name}`);
  const metric = resource.kind === "postgres" ? "db_query_duration_seconds" : "search_query_duration_seconds";
  const of = (part: string) => metricWith(`${metric}_${part}`, {}, signal, oneOf("service", asking));
  return timedAs(signal, `how long ${name}'s answers take`, {
    own: [],
    sum: of("sum"),
    count: of("count"),
    buckets: of("bucket"),
  });
}

function usersOf(resource: string, { services }: Environment): readonly string[] {
  return Object.entries(services).flatMap(([name, service]) =>
    list("uses" in service ? service.uses : []).some((use) => refName(use, "resources") === resource) ? [name] : [],
  );
}

const dayMs = minutesMs(24 * 60);
const intervals = { hourly: minutesMs(60), daily: dayMs, weekly: 7 * dayMs } as const;

/** Two hours of grace: a daily backup is late after 26 hours. */
const graceMs = minutesMs(120);

function backupFailures({ signal, asShare }: Asking, { name, resource }: Resource): Measured | NotMeasured {
  const of = (metric: string, outcome?: string) =>
    outcome === undefined
      ? metricWith(metric, { resource: name }, signal)
      : metricWith(metric, { resource: name }, signal, is("outcome", outcome));
  const counted = { is: "measured", own: ["resource"], usualMs: dayMs } as const;
  if (asShare)
    return {
      ...counted,
      shape: { is: "share", part: of("backup_runs_total", "failed"), whole: [of("backup_runs_total")] },
      unit: "share",
      says: `the share of ${name}'s backups that failed`,
    };
  if (signal.over !== undefined)
    return {
      ...counted,
      shape: { is: "increase", of: of("backup_runs_total", "failed") },
      unit: "count",
      says: `how many of ${name}'s backups failed`,
    };
  const dump = "backup" in resource ? resource.backup?.dump : undefined;
  const every = dump === "hourly" || dump === "weekly" ? intervals[dump] : dayMs;
  const lateMs = every + graceMs;
  return {
    ...counted,
    shape: {
      is: "failing",
      code: of("backup_last_exit_code"),
      moment: of("backup_last_success_timestamp_seconds"),
      lateAfterSeconds: lateMs / 1_000,
    },
    unit: "count",
    says: `whether ${name}'s last backup failed, or none succeeded for ${lateMs / 3_600_000} hours`,
  };
}
