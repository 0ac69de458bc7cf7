# Written by Gantry from the spec: change that, and run `gantry synth`.

# A Redis of Memorystore, reached over private addresses only. In the tier STANDARD_HA a second zone takes over.

resource "google_redis_instance" "this" {
  project            = var.project
  region             = var.region
  name               = var.name
  redis_version      = var.redis_version
  tier               = var.tier
  memory_size_gb     = var.memory_gb
  authorized_network = var.network
  connect_mode       = "PRIVATE_SERVICE_ACCESS"

  transit_encryption_mode = var.encrypted ? "SERVER_AUTHENTICATION" : "DISABLED"

  redis_configs = var.configs

  maintenance_policy {
    weekly_maintenance_window {
      day = "SUNDAY"

      start_time {
        hours   = 4
        minutes = 0
      }
    }
  }
}
