# Written by Gantry from the spec: change that, and run `gantry synth`.

region           = "us-east-1"
name             = "cpa-prod"
zones            = 3
cidr             = "10.0.0.0/16"
nat_in_each_zone = true
domain           = "app.cpaplatform.io"

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
  instance_class  = "db.r6g.large"
  multi_az        = true
  storage_gib     = 100
  max_connections = 200
  backup_days     = 30
  replicas = {
    replica = {
      instance_class = "db.r6g.large"
    }
  }
}

redis = {
  node_type     = "cache.r6g.large"
  shards        = 2
  replicas      = 1
  snapshot_days = 7
}

tenants             = []
deletion_protection = true

alarm_emails = ["ops@cpaplatform.io"]
