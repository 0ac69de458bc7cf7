// The alerts, recordings and promises of the five examples, as PromQL on native names.
const errors = (status, by) => `sum by (${by}) (rate(http_requests_total{status=~"${status}"}[5m]))`;
const burn = (window) => `(sum_over_time(slo:bad:rate5m[${window}]) / sum_over_time(slo:total:rate5m[${window}]))`;

export const rules = [
  // recordings
  'sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) or 0 * sum by (service) (rate(http_requests_total[5m]))',
  "sum by (service) (rate(http_requests_total[5m]))",
  "sum by (service, le) (rate(http_request_duration_seconds_bucket[5m]))",
  // errors with their traffic floor, in all and one by one
  `(sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))) > 0.05 and sum(increase(http_requests_total[5m])) >= 20`,
  `(${errors("5..", "service")} / sum by (service) (rate(http_requests_total[5m]))) > 0.05 and sum by (service) (increase(http_requests_total[5m])) >= 20`,
  `(${errors("5..", "service, revision")} / sum by (service, revision) (rate(http_requests_total[5m]))) > 0.02 and sum by (service, revision) (increase(http_requests_total[5m])) >= 50`,
  `${errors("4..", "service")} / sum by (service) (rate(http_requests_total[5m])) > 0.5`,
  // latency
  "histogram_quantile(0.99, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m]))) > 2",
  "histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m]))) > 1",
  "histogram_quantile(0.5, sum by (service, revision, le) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5",
  '1 - sum by (service) (rate(http_request_duration_seconds_bucket{le="2.5"}[5m])) / sum by (service) (rate(http_request_duration_seconds_count[5m])) > 0.01',
  "histogram_quantile(0.95, sum by (service, le) (rate(cold_start_duration_seconds_bucket[15m]))) > 5",
  // queues and jobs
  "max by (queue) (queue_depth) > 10000",
  'sum by (queue) (queue_depth{state="ready"}) > 5000',
  "max by (queue) (queue_oldest_age_seconds) > 300",
  "sum(queue_dead_letters) > 10",
  'sum by (queue) (rate(jobs_total{outcome="failed"}[15m])) / sum by (queue) (rate(jobs_total[15m])) > 0.1',
  // what is full
  "db_pool_in_use / db_pool_max > 0.8",
  "sum by (resource) (pg_stat_activity_count) / sum by (resource) (pg_settings_max_connections) > 0.8",
  "max by (resource) (pg_replication_lag_seconds) > 30",
  "redis_memory_used_bytes / redis_memory_max_bytes > 0.8",
  "1 - node_filesystem_avail_bytes / node_filesystem_size_bytes > 0.85",
  "predict_linear(node_filesystem_avail_bytes[1h], 24 * 3600) < 0",
  "sum by (service) (container_memory_working_set_bytes) / sum by (service) (container_spec_memory_limit_bytes) > 0.8",
  "sum by (service) (rate(container_cpu_usage_seconds_total[5m])) > 4",
  "sum by (service) (increase(container_restarts_total[15m])) > 3",
  // people, certificates, backups, money
  "sum(increase(auth_failed_logins_total[15m])) > 10 * clamp_min(sum(increase(auth_failed_logins_total[1d] offset 1h)) / 96, 2)",
  "(min by (host) (probe_ssl_earliest_cert_expiry) - time()) / 86400 < 14",
  'sum by (resource) (increase(backup_runs_total{outcome="failed"}[1d])) > 0',
  "time() - max by (resource) (backup_last_success_timestamp_seconds) > 26 * 3600",
  'absent(backup_last_success_timestamp_seconds{resource="db-0"})',
  "avg by (check) (avg_over_time(probe_success[30m])) < 0.99",
  "sum(cost_month_to_date_usd) / sum(cost_monthly_budget_usd) >= 0.85",
  "sum by (service) (cost_month_to_date_usd) / on (service) sum by (service) (cost_monthly_budget_usd) >= 0.85",
  // promises
  `${burn("5m")} > 14.4 * 0.001 and ${burn("1h")} > 14.4 * 0.001`,
  `${burn("30m")} > 6 * 0.001 and ${burn("6h")} > 6 * 0.001`,
  `${burn("2h")} > 3 * 0.001 and ${burn("1d")} > 3 * 0.001`,
  `1 - ${burn("30d")} / (1 - 0.999) < 0.1`,
  // what rises against its own past
  "sum by (service) (rate(http_requests_total[5m])) / sum by (service) (rate(http_requests_total[5m] offset 1h)) > 10",
  "max_over_time(sum by (service) (rate(http_requests_total[1m]))[10m:1m]) > 1000",
];
