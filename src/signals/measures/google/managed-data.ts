import type { Matcher } from "../../series.ts";
import { type About, metricWith } from "../matchers.ts";
import { type Measured, type NotMeasured, refused } from "../measured.ts";
import type { Asking } from "../native/asking.ts";
import { literally } from "../promql-text.ts";

/** What Google's own databases, caches and queues measure. What runs elsewhere, or in a redis, is not theirs to measure. */
export function managedData(
  { signal }: Asking,
  { name, resource }: Extract<About, { kind: "resource" }>,
  instance: string,
): Measured | NotMeasured | undefined {
  switch (resource.kind) {
    case "postgres":
      return postgres(signal, name, instance, resource.maxConnections ?? 100);
    case "redis":
      return redis(signal, name, instance);
    case "queue":
      return resource.on === undefined ? pubsub(signal, name, instance) : undefined;
    default:
      return undefined;
  }
}

type Signal = Asking["signal"];

function postgres(signal: Signal, name: string, instance: string, most: number): Measured | NotMeasured | undefined {
  const own = ["database_id"];
  const database = { monitored_resource: "cloudsql_database" };
  // An id is <project>:<instance>; a replica's begins with that of its primary.
  const whole: Matcher = { name: "database_id", op: "=~", value: `.+:${literally(instance)}` };
  const replicas: Matcher = { name: "database_id", op: "=~", value: `.+:${literally(instance)}.*` };
  const of = (metric: string, which = whole) => metricWith(`cloudsql_googleapis_com:database_${metric}`, database, signal, which);
  const share = (metric: string, says: string): Measured => ({
    is: "measured",
    shape: { is: "gauge", of: of(metric), fold: "max" },
    unit: "share",
    own,
    says,
  });
  switch (signal.measure) {
    case "connections":
      return {
        is: "measured",
        shape: { is: "gauge", of: of("postgresql_num_backends"), fold: "sum" },
        unit: "count",
        own,
        says: `how many connections ${name} has`,
      };
    case "connectionsUsed":
      return {
        is: "measured",
        shape: { is: "taken", used: of("postgresql_num_backends"), limit: most, fold: "sum" },
        unit: "share",
        own,
        says: `the share of ${name}'s ${most} connections that are taken`,
      };
    case "replicationLag":
      return {
        is: "measured",
        shape: { is: "gauge", of: of("replication_replica_lag", replicas), fold: "max" },
        unit: "seconds",
        own,
        says: `how far ${name}'s replica is behind`,
      };
    case "disk":
      return share("disk_utilization", `how full ${name}'s disk is`);
    case "memory":
      return share("memory_utilization", `the memory that ${name} uses, as a share of what it has`);
    case "cpu":
      return share("cpu_utilization", `the CPU that ${name} uses, as a share of what it has`);
    case "saturation":
      return {
        is: "measured",
        shape: {
          is: "highest",
          of: [
            { name: "connections", shape: { is: "taken", used: of("postgresql_num_backends"), limit: most, fold: "sum" } },
            { name: "disk", shape: { is: "gauge", of: of("disk_utilization"), fold: "max" } },
            { name: "memory", shape: { is: "gauge", of: of("memory_utilization"), fold: "max" } },
            { name: "cpu", shape: { is: "gauge", of: of("cpu_utilization"), fold: "max" } },
          ],
        },
        unit: "share",
        own,
        says: `how full the scarcest of ${name}'s connections, disk, memory and CPU is`,
      };
    default:
      return undefined;
  }
}

function redis(signal: Signal, name: string, instance: string): Measured | NotMeasured | undefined {
  const of = (metric: string) =>
    metricWith(`redis_googleapis_com:${metric}`, { monitored_resource: "redis_instance" }, signal, {
      name: "instance_id",
      op: "=~",
      value: `.+/${literally(instance)}`,
    });
  const own = ["instance_id"];
  switch (signal.measure) {
    case "memory":
    case "saturation":
      return {
        is: "measured",
        shape: { is: "gauge", of: of("stats_memory_usage_ratio"), fold: "max" },
        unit: "share",
        own,
        says: `the memory that ${name} uses, as a share of its limit`,
      };
    case "hitRate":
      return {
        is: "measured",
        shape: { is: "gauge", of: of("stats_cache_hit_ratio"), fold: "avg" },
        unit: "share",
        own,
        says: `the share of what ${name} was asked for that it had`,
        exactness: {
          is: "approximate",
          reason: "Memorystore tells the share and not what it is a share of: a window is a mean of shares",
        },
      };
    case "connections":
      return {
        is: "measured",
        shape: { is: "gauge", of: of("clients_connected"), fold: "sum" },
        unit: "count",
        own,
        says: `how many connections ${name} has`,
      };
    default:
      return undefined;
  }
}

function pubsub(signal: Signal, name: string, instance: string): Measured | NotMeasured | undefined {
  const subscription = { monitored_resource: "pubsub_subscription", subscription_id: instance };
  const of = (metric: string) => metricWith(`pubsub_googleapis_com:subscription_${metric}`, subscription, signal);
  const own = ["subscription_id"];
  switch (signal.measure) {
    case "queueDepth":
      return {
        is: "measured",
        shape: { is: "gauge", of: of("num_undelivered_messages"), fold: "max" },
        unit: "count",
        own,
        says: `how many wait in ${name}`,
        exactness: { is: "approximate", reason: "Pub/Sub counts what is not acknowledged, and so what is in hand as well" },
      };
    case "queueAge":
      return {
        is: "measured",
        shape: { is: "gauge", of: of("oldest_unacked_message_age"), fold: "max" },
        unit: "seconds",
        own,
        says: `how long the oldest has waited in ${name}`,
      };
    case "deadLetters":
      return refused(
        "Pub/Sub counts what it sets aside as it does so, and not how many lie there: look at the dead-letter subscription",
      );
    default:
      return undefined;
  }
}
