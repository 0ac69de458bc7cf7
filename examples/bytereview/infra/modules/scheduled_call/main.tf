# Written by Gantry from the spec: change that, and run `gantry synth`.

# A call of a Google API by the clock, as an account that may do just that.

resource "google_cloud_scheduler_job" "this" {
  project          = var.project
  region           = var.region
  name             = var.name
  description      = var.description
  schedule         = var.schedule
  time_zone        = var.time_zone
  attempt_deadline = "180s"

  retry_config {
    retry_count = 3
  }

  http_target {
    http_method = var.method
    uri         = var.uri
    body        = var.body == null ? null : base64encode(jsonencode(var.body))
    headers     = var.body == null ? null : { "Content-Type" = "application/json" }

    oauth_token {
      service_account_email = var.service_account
    }
  }
}
