import { list, refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import type { SignalData } from "../measures/spec-data.ts";
import { durationText } from "../measures/promql-text.ts";
import { isShare, thresholdOf, thresholdWords } from "../measures/threshold.ts";
import * as parts from "./draw-parts.ts";
import { type Drawing, type Drawn, type NotDrawn, grown, named, notDrawn } from "./drawn.ts";

const gib = 1_073_741_824;

/** Databases, caches and buckets, as their exporters tell them. */
export function drawStore(drawing: Drawing): Drawn | NotDrawn {
  const { signal, environment, labelled, saidMs, windowMs } = drawing;
  const name = refName(signal.of, "resources");
  const resource = name === undefined ? undefined : environment.resources[name];
  const service = refName(signal.of, "services");
  const labels = labelled(name === undefined ? { service: service ?? "" } : { resource: name });
  const share = { is: "drawn", windowMs: saidMs, values: "share" } as const;
  switch (signal.measure) {
    case "disk":
      return {
        ...share,
        series: (levels) => ({
          [named("node_filesystem_avail_bytes", { ...labels, mountpoint: "/data" })]: levels.map(
            (level) => (1 - level) * 100 * gib,
          ),
          [named("node_filesystem_size_bytes", { ...labels, mountpoint: "/data" })]: levels.map(() => 100 * gib),
        }),
      };
    case "memory":
    case "saturation":
      if (resource?.kind === "redis")
        return {
          ...share,
          series: parts.ofLimit("redis_memory_used_bytes", "redis_memory_max_bytes", labels, gib),
        };
      return resource?.kind === "postgres" && signal.measure === "saturation"
        ? { ...share, windowMs: 0, series: connections(labels) }
        : notDrawn(`nothing tells the ${signal.measure} of ${name ?? "it"}`);
    case "connections":
      return {
        is: "drawn",
        windowMs: saidMs,
        values: "whole",
        series:
          resource?.kind === "redis"
            ? parts.gauge("redis_connected_clients", labels)
            : parts.gauge("pg_stat_activity_count", { ...labels, datname: "app", state: "idle" }),
      };
    case "connectionsUsed":
      return { ...share, series: connections(labels) };
    case "replicationLag":
      return { is: "drawn", windowMs: saidMs, values: "any", series: parts.gauge("pg_replication_lag_seconds", labels) };
    case "hitRate":
      return {
        ...share,
        windowMs: windowMs("5m"),
        series: (levels, pace) => ({
          ...parts.perSecond("redis_keyspace_hits_total", labels)(levels, pace),
          ...parts.perSecond("redis_keyspace_misses_total", labels)(
            levels.map((level) => 1 - level),
            pace,
          ),
        }),
      };
    case "queryTime": {
      const asking = name === undefined ? undefined : userOf(name, environment);
      if (asking === undefined) return notDrawn(`no service uses ${name ?? "it"}`);
      const metric = resource?.kind === "search" ? "search_query_duration_seconds" : "db_query_duration_seconds";
      return { ...parts.timed(drawing.when, metric, labelled({ service: asking })), windowMs: windowMs("5m") };
    }
    case "backupAge":
      return {
        is: "drawn",
        windowMs: 0,
        values: "any",
        series: (levels, { stepSeconds }) => ({
          [named("backup_last_success_timestamp_seconds", labels)]: levels.map((level, at) => at * stepSeconds - level),
        }),
      };
    case "backupFailures":
      return backups(drawing, labels);
    default:
      return resource?.kind === "postgres" || resource?.kind === "redis"
        ? starts(drawing, { ...labels, ...(resource.kind === "postgres" ? { instance: "db:5432" } : {}) }, resource.kind)
        : notDrawn(`nothing tells the ${signal.measure} of ${name ?? "it"}`);
  }
}

function connections(labels: Readonly<Record<string, string>>): Drawn["series"] {
  const most = 100;
  return (levels) => ({
    [named("pg_stat_activity_count", { ...labels, datname: "app", state: "active" })]: levels.map((level) => (level * most) / 4),
    [named("pg_stat_activity_count", { ...labels, datname: "app", state: "idle" })]: levels.map(
      (level) => (level * most * 3) / 4,
    ),
    [named("pg_settings_max_connections", labels)]: levels.map(() => most),
  });
}

/** A start is a moment: whoever measures tells when the last one was. */
function starts(
  { when, windowMs }: Drawing,
  labels: Readonly<Record<string, string>>,
  kind: "postgres" | "redis",
): Drawn | NotDrawn {
  const limit = thresholdOf(when.value);
  const half = when.is === "above" || when.is === "atMost" ? Math.floor(limit) + 0.5 : Math.ceil(limit) - 0.5;
  if (half < 0.5 || half > 12) return notDrawn(`so few or so many starts, ${thresholdWords(when)}, are not told apart`);
  const metric = kind === "postgres" ? "pg_postmaster_start_time_seconds" : "redis_start_time_seconds";
  const over = windowMs("1h");
  return {
    is: "drawn",
    windowMs: over,
    values: "any",
    seldom: true,
    scale: {
      threshold: half,
      apart: 0.8,
      least: 0,
      most: half + 4,
      says: (level) => `${Math.floor(level)} or ${Math.floor(level) + 1} starts in ${durationText(over)}`,
    },
    series: (levels, { stepSeconds }) => ({
      [named(metric, labels)]: grown(levels.map((level) => (level * stepSeconds * 1_000) / over)).map(
        (count) => Math.floor(count) * 60,
      ),
    }),
  };
}

function backups({ when, signal, environment, windowMs }: Drawing, labels: Readonly<Record<string, string>>): Drawn {
  const over = windowMs("1d");
  if (isShare(when.value))
    return {
      is: "drawn",
      windowMs: over,
      values: "share",
      series: parts.counted("backup_runs_total", labels, { name: "outcome", bad: "failed", good: "ok" }),
    };
  if (signal.over !== undefined)
    return {
      is: "drawn",
      windowMs: over,
      values: "any",
      series: parts.inWindow("backup_runs_total", { ...labels, outcome: "failed" }, over),
    };
  return {
    is: "drawn",
    windowMs: 0,
    values: "whole",
    series: (levels, { stepSeconds }) => ({
      [named("backup_last_exit_code", labels)]: levels.map((level) => (level > 0 ? 1 : 0)),
      [named("backup_last_success_timestamp_seconds", labels)]: levels.map((_, at) => at * stepSeconds),
    }),
    silence: {
      says: "no backup succeeds, and none fails",
      lateMs: lateMs(environment, signal),
      series: (sinceSeconds) => ({
        [named("backup_last_exit_code", labels)]: sinceSeconds.map(() => 0),
        [named("backup_last_success_timestamp_seconds", labels)]: sinceSeconds,
      }),
    },
  };
}

/** A backup is late two hours after the next one was due. */
function lateMs({ resources }: Environment, { of }: SignalData): number {
  const resource = resources[refName(of, "resources") ?? ""];
  const dump = resource !== undefined && "backup" in resource ? resource.backup?.dump : undefined;
  const hours = dump === "hourly" ? 1 : dump === "weekly" ? 7 * 24 : 24;
  return (hours + 2) * 3_600_000;
}

function userOf(resource: string, { services }: Environment): string | undefined {
  return Object.entries(services).find(([, service]) =>
    list("uses" in service ? service.uses : []).some((use) => refName(use, "resources") === resource),
  )?.[0];
}
