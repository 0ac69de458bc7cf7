# Written by Gantry from the spec: change that, and run `gantry synth`.

# Set where this is applied: TF_VAR_billing_account.

project      = "bytereview-prod"
region       = "us-central1"
log_level    = "info"
trace_sample = 0.95

cache = {
  tier      = "STANDARD_HA"
  memory_gb = 5
}

db = {
  tier              = "db-custom-4-15360"
  high_availability = true
  max_connections   = 100
}

services = {
  api = {
    cpu           = 1
    memory        = "512Mi"
    min_instances = 0
    max_instances = 50
  }
  frontend = {
    cpu           = 1
    memory        = "512Mi"
    min_instances = 0
    max_instances = 10
  }
  worker_extract = {
    cpu           = 1
    memory        = "512Mi"
    min_instances = 1
    max_instances = 5
  }
  worker_import = {
    cpu           = 1
    memory        = "512Mi"
    min_instances = 1
    max_instances = 5
  }
  worker_sweep = {
    cpu    = 1
    memory = "512Mi"
  }
}

alerts = [
  {
    name     = "API errors"
    query    = "(sum by (service_name) (rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\",response_code_class=\"5xx\"}[5m])) or 0 * sum by (service_name) (rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[5m]))) / sum by (service_name) (rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[5m])) > 0.02 and sum by (service_name) (increase(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[5m])) >= 20"
    severity = "critical"
    channels = ["pagerduty platform"]
    means    = "the share of api's requests answered with a 5xx, over 5m, above 2%, where there are at least 20."
  },
  {
    name     = "API promise at risk"
    query    = "(sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\",response_code_class=\"5xx\"}[1h])) or 0 * sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[1h]))) / sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[1h])) / 0.001 > 14.4 and (sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\",response_code_class=\"5xx\"}[5m])) or 0 * sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[5m]))) / sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[5m])) / 0.001 > 14.4"
    severity = "critical"
    channels = ["pagerduty platform"]
    means    = "how many times too fast the error budget of API burns, over 1h, above 14.4, and as much over 5m."
  },
  {
    name     = "Cold starts"
    query    = "histogram_quantile(0.95, sum by (service_name, le) (rate(run_googleapis_com:container_startup_latencies_bucket{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[15m]))) > 5000"
    severity = "warning"
    channels = ["slack #ops"]
    means    = "how long api's new instances take to start at most, for 95 % of them, over 15m, above 5s.\n\nApproximate: Cloud Run's latencies are kept in exponential buckets, between whose edges it is read."
  },
  {
    name        = "Queue depth: extraction"
    query       = "max by (queue) (queue_depth{queue=\"extraction\",state=~\"|waiting\"}) > 10000"
    severity    = "warning"
    channels    = ["slack #ops"]
    for_seconds = 600
    means       = "how many wait in extraction, above 10000."
  },
  {
    name        = "Queue depth: imports"
    query       = "max by (queue) (queue_depth{queue=\"imports\",state=~\"|waiting\"}) > 10000"
    severity    = "warning"
    channels    = ["slack #ops"]
    for_seconds = 600
    means       = "how many wait in imports, above 10000."
  },
  {
    name     = "Redis memory"
    query    = "max by (instance_id) (redis_googleapis_com:stats_memory_usage_ratio{monitored_resource=\"redis_instance\",instance_id=~\".+/bytereview-cache\"}) > 0.8"
    severity = "warning"
    channels = ["pagerduty platform"]
    means    = "the memory that cache uses, as a share of its limit, above 80%."
  },
  {
    name     = "API burns 6× over 6h"
    query    = "(sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\",response_code_class=\"5xx\"}[6h])) or 0 * sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[6h]))) / sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[6h])) / 0.001 > 6 and (sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\",response_code_class=\"5xx\"}[30m])) or 0 * sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[30m]))) / sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[30m])) / 0.001 > 6"
    severity = "critical"
    channels = ["pagerduty platform"]
    means    = "how many times too fast the error budget of API burns, over 6h, above 6, and as much over 30m."
  },
  {
    name     = "API burns 3× over 1d"
    query    = "(sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\",response_code_class=\"5xx\"}[1d])) or 0 * sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[1d]))) / sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[1d])) / 0.001 > 3 and (sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\",response_code_class=\"5xx\"}[2h])) or 0 * sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[2h]))) / sum(rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"api\"}[2h])) / 0.001 > 3"
    severity = "warning"
    channels = ["pagerduty platform"]
    means    = "how many times too fast the error budget of API burns, over 1d, above 3, and as much over 2h."
  },
]

budget = {
  monthly_usd = 10000
  alert_at    = [0.5, 0.75, 0.85, 0.9]
}
