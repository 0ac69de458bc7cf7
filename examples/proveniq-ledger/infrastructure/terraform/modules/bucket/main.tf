# Written by Gantry from the spec: change that, and run `gantry synth`.

# A bucket that nobody can make public, with earlier versions of what it holds, in one region or, as a live copy, in two.

resource "google_storage_bucket" "this" {
  project       = var.project
  name          = var.name
  location      = length(var.replica_regions) == 0 ? var.region : "US"
  force_destroy = false

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  dynamic "custom_placement_config" {
    for_each = length(var.replica_regions) == 0 ? [] : [1]

    content {
      data_locations = [for one in concat([var.region], var.replica_regions) : upper(one)]
    }
  }

  versioning {
    enabled = var.versions_days != null
  }

  dynamic "lifecycle_rule" {
    for_each = var.versions_days == null ? [] : [1]

    content {
      action {
        type = "Delete"
      }

      condition {
        days_since_noncurrent_time = var.versions_days
        with_state                 = "ARCHIVED"
      }
    }
  }

  dynamic "lifecycle_rule" {
    for_each = var.life_cycle

    content {
      action {
        type          = lifecycle_rule.value.to == "DELETE" ? "Delete" : "SetStorageClass"
        storage_class = lifecycle_rule.value.to == "DELETE" ? null : lifecycle_rule.value.to
      }

      condition {
        age        = lifecycle_rule.value.after_days
        with_state = "LIVE"
      }
    }
  }
}
