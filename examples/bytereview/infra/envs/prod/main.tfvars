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

budget = {
  monthly_usd = 10000
  alert_at    = [0.5, 0.75, 0.85, 0.9]
}
