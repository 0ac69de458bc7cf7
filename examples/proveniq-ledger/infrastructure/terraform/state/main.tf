# Written by Gantry from the spec: change that, and run `gantry synth`.

# Applied by a person, before anything else: the states of all environments lie in this bucket. It has none of its own in there,
# and needs none: terraform import google_storage_bucket.state <name> finds it again.
resource "google_storage_bucket" "state" {
  name     = "proveniq-ledger-tf-state"
  location = "US"

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }

  # Whichever keeps more: the last 50 versions of a state, or those of 90 days.
  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      num_newer_versions         = 50
      days_since_noncurrent_time = 90
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

locals {
  # The state of an environment, and that of its standby beside it.
  own_state = {
    for name in keys(var.environments) : name => join(" || ", [
      "resource.type != 'storage.googleapis.com/Object'",
      "resource.name.startsWith('projects/_/buckets/proveniq-ledger-tf-state/objects/${name}/')",
      "resource.name.startsWith('projects/_/buckets/proveniq-ledger-tf-state/objects/${name}-standby/')",
    ])
  }
}

# The state of another environment is none of a deployer's business.
resource "google_storage_bucket_iam_member" "deployers" {
  for_each = var.environments

  bucket = google_storage_bucket.state.name
  role   = "roles/storage.objectUser"
  member = "serviceAccount:proveniq-ledger-deployer@${each.value}.iam.gserviceaccount.com"

  condition {
    title      = "only ${each.key}"
    expression = local.own_state[each.key]
  }
}

# A plan reads the state, and changes nothing in it.
resource "google_storage_bucket_iam_member" "planners" {
  for_each = var.environments

  bucket = google_storage_bucket.state.name
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:tf-planner@${each.value}.iam.gserviceaccount.com"

  condition {
    title      = "only ${each.key}"
    expression = local.own_state[each.key]
  }
}
