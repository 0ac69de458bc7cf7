# Written by Gantry from the spec: change that, and run `gantry synth`.

# Set where this is applied: TF_VAR_production_account_id, TF_VAR_demo_account_id.

region           = "us-east-1"
name             = "cpa-staging"
zones            = 3
cidr             = "10.0.0.0/16"
nat_in_each_zone = false
domain           = "staging.cpaplatform.io"

services = {
  backend = {
    cpu    = 2048
    memory = 4096
    scale = {
      min         = 2
      max         = 4
      cpu_percent = 70
    }
  }
  frontend = {
    cpu    = 1024
    memory = 2048
    scale = {
      min = 2
      max = 2
    }
  }
  temporal-worker = {
    cpu    = 2048
    memory = 4096
    scale = {
      min         = 2
      max         = 4
      cpu_percent = 70
    }
  }
  clamav = {
    cpu    = 1024
    memory = 4096
    scale = {
      min = 1
      max = 1
    }
  }
}

postgres = {
  instance_class  = "db.t4g.medium"
  multi_az        = false
  storage_gib     = 100
  max_connections = 200
  backup_days     = 30
  replicas        = {}
}

redis = {
  node_type     = "cache.t4g.small"
  replicas      = 0
  snapshot_days = 0
}

tenants             = []
deletion_protection = false

alarm_emails = ["ops@cpaplatform.io"]
