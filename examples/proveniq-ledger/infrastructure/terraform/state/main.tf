# Written by Gantry from the spec: change that, and run `gantry synth`.

# Applied once by a person, before anything else: the states of all environments lie in this bucket. It has none of its own in there,
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
