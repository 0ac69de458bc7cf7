# Written by Gantry from the spec: change that, and run `gantry synth`.

# Set where this is applied: TF_VAR_project, TF_VAR_billing_account.

region       = "us-central1"
log_level    = "info"
trace_sample = 0
workspace    = "bytereview-preprod"

cache = {
  tier      = "BASIC"
  memory_gb = 1
}

db = {
  tier              = "db-custom-1-3840"
  high_availability = false
  max_connections   = 100
}

services = {
  api = {
    cpu           = 1
    memory        = "512Mi"
    min_instances = 0
    max_instances = 10
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
]

budget = {
  monthly_usd = 500
  alert_at    = [0.5, 0.75, 0.85, 0.9]
}
