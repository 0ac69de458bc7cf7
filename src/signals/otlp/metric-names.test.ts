import { expect, test } from "vitest";
import { labelName, metricName } from "./metric-names.ts";

// The examples of https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/ and of Prometheus' own translation.
test.each([
  ["system.filesystem.usage", "By", "gauge", "system_filesystem_usage_bytes"],
  ["system.network.dropped", "{packets}", "gauge", "system_network_dropped"],
  ["system.network.dropped", "packets", "gauge", "system_network_dropped_packets"],
  ["redis.latest_fork", "us", "gauge", "redis_latest_fork_microseconds"],
  ["storage.filesystem.utilization", "%", "gauge", "storage_filesystem_utilization_percent"],
  ["active_directory.ds.replication.network.io", "By", "counter", "active_directory_ds_replication_network_io_bytes_total"],
  ["postgresql.database.size", "By", "gauge", "postgresql_database_size_bytes"],
  ["http.server.duration", "ms", "other", "http_server_duration_milliseconds"],
  ["cpu.utilization", "1", "gauge", "cpu_utilization_ratio"],
  ["errors", "1", "counter", "errors_total"],
  ["speed", "m/s", "gauge", "speed_meters_per_second"],
  ["jobs_total", "", "counter", "jobs_total"],
  ["requests.total.count", "", "counter", "requests_count_total"],
  ["9lives", "", "gauge", "_9lives"],
  ["a..b  c", "", "gauge", "a_b_c"],
] as const)("%s in %s as a %s is %s", (name, unit, type, expected) => {
  expect(metricName(name, unit, type)).toBe(expected);
});

test.each([
  ["http.method", "http_method"],
  ["1st", "key_1st"],
  ["größe", "gr__e"],
])("the label %s is %s", (name, expected) => {
  expect(labelName(name)).toBe(expected);
});
