import type { About } from "../matchers.ts";
import type { ConditionData } from "../spec-data.ts";
import { isShare } from "../threshold.ts";
import type { CloudWatchMetric, DimensionOf } from "./alarm.ts";
import { type Counted, plainQuery } from "./counted.ts";

type Resource = Extract<About, { kind: "resource" }>;

const percent = (share: number): number => Number((share * 100).toPrecision(12));

/** What RDS, ElastiCache, SQS and AWS Backup measure. */
export function ofResource(condition: ConditionData, about: Resource): Counted | string {
  switch (about.resource.kind) {
    case "postgres":
      return ofPostgres(condition, about);
    case "redis":
      return ofRedis(condition, about);
    case "queue":
      return about.resource.on === undefined
        ? ofQueue(condition, about)
        : `${about.name} is kept in a redis, of which AWS sees no queue`;
    default:
      return `AWS has no metric for ${condition.signal.measure} of a ${about.resource.kind}`;
  }
}

function metricOf(namespace: string, dimensions: Readonly<Record<string, DimensionOf>>) {
  return (name: string, statistic: string) =>
    (periodSeconds: number): CloudWatchMetric => ({ namespace, name, statistic, periodSeconds, dimensions });
}

function ofPostgres({ signal, value }: ConditionData, { name, resource }: Resource): Counted | string {
  const metric = metricOf("AWS/RDS", { DBInstanceIdentifier: { kind: "resource", name } });
  const window = signal.over !== undefined;
  const everyMinute = "RDS tells it once a minute: nothing is seen sooner";
  switch (signal.measure) {
    case "connections":
      return { queries: plainQuery(metric("DatabaseConnections", "Maximum")), window, missing: "missing" };
    case "connectionsUsed":
      return {
        queries: plainQuery(metric("DatabaseConnections", window ? "Average" : "Maximum")),
        threshold: (share) => ({ share, of: "max connections", resource: name }),
        window,
        missing: "missing",
        exactness: { is: "approximate", reason: everyMinute },
      };
    case "disk":
      return {
        queries: plainQuery(metric("FreeStorageSpace", window ? "Average" : "Minimum")),
        threshold: (share) => ({ share: Number((1 - share).toPrecision(12)), of: "storage bytes", resource: name }),
        flips: true,
        window,
        missing: "missing",
      };
    case "cpu":
      return { queries: plainQuery(metric("CPUUtilization", "Average")), threshold: percent, window, missing: "missing" };
    case "replicationLag":
      if (resource.kind !== "postgres" || (resource.replicas ?? []).length === 0) return `${name} has no replica`;
      return {
        queries: plainQuery((periodSeconds) => ({
          namespace: "AWS/RDS",
          name: "ReplicaLag",
          statistic: "Maximum",
          periodSeconds,
          dimensions: { DBInstanceIdentifier: { kind: "replica", name } },
        })),
        window,
        // The metric is gone when replication has stopped, which is the worst lag there is.
        missing: "breaching",
        exactness: { is: "approximate", reason: everyMinute },
      };
    case "backupFailures":
      if (isShare(value)) return "AWS Backup counts what failed, and not what it is a share of";
      return {
        queries: plainQuery((periodSeconds) => ({
          namespace: "AWS/Backup",
          name: "NumberOfBackupJobsFailed",
          statistic: "Sum",
          periodSeconds,
          dimensions: { ResourceType: { kind: "text", text: "RDS" } },
        })),
        window: true,
        leastPeriodSeconds: 86_400,
        missing: "notBreaching",
        exactness: { is: "approximate", reason: "only where AWS Backup makes the backups, and of all databases together" },
      };
    default:
      return `AWS has no metric for ${signal.measure} of a database`;
  }
}

function ofRedis({ signal }: ConditionData, { name }: Resource): Counted | string {
  const metric = metricOf("AWS/ElastiCache", { CacheClusterId: { kind: "resource", name } });
  const window = signal.over !== undefined;
  const firstNode = { is: "approximate", reason: "it is that of the first node" } as const;
  switch (signal.measure) {
    case "memory":
    case "saturation":
      return {
        queries: plainQuery(metric("DatabaseMemoryUsagePercentage", window ? "Average" : "Maximum")),
        threshold: percent,
        window,
        missing: "missing",
        exactness: firstNode,
      };
    case "cpu":
      return {
        queries: plainQuery(metric("EngineCPUUtilization", "Average")),
        threshold: percent,
        window,
        missing: "missing",
        exactness: firstNode,
      };
    case "connections":
      return { queries: plainQuery(metric("CurrConnections", "Maximum")), window, missing: "missing", exactness: firstNode };
    case "hitRate":
      return {
        queries: (period) => [
          { id: "hits", metric: metric("CacheHits", "Sum")(period) },
          { id: "misses", metric: metric("CacheMisses", "Sum")(period) },
          { id: "share", expression: "IF(hits + misses > 0, hits / (hits + misses))", label: "share that was there" },
        ],
        window: true,
        missing: "missing",
        exactness: firstNode,
      };
    default:
      return `AWS has no metric for ${signal.measure} of a cache`;
  }
}

function ofQueue({ signal }: ConditionData, { name }: Resource): Counted | string {
  const metric = metricOf("AWS/SQS", { QueueName: { kind: "resource", name } });
  const window = signal.over !== undefined;
  switch (signal.measure) {
    case "queueDepth":
      return {
        queries: plainQuery(metric("ApproximateNumberOfMessagesVisible", window ? "Average" : "Maximum")),
        window,
        missing: "notBreaching",
      };
    case "queueAge":
      return {
        queries: plainQuery(metric("ApproximateAgeOfOldestMessage", window ? "Average" : "Maximum")),
        window,
        missing: "notBreaching",
      };
    default:
      return `SQS has no metric for ${signal.measure}`;
  }
}
