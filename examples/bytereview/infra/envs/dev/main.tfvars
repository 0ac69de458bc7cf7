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

budget = {
  monthly_usd = 500
  alert_at    = [0.5, 0.75, 0.85, 0.9]
}
