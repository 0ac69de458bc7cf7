# Written by Gantry from the spec: change that, and run `gantry synth`.

# Checks from outside, and an alert for each that fails from two places or more: one place alone is often that place's own trouble.

locals {
  hosts = { for name, one in var.checks : name => regex("^https://([^/]+)", one.url)[0] }
}

resource "google_monitoring_uptime_check_config" "this" {
  for_each = var.checks

  project      = var.project
  display_name = each.key
  period       = "${each.value.every_seconds}s"
  timeout      = "${each.value.timeout_seconds}s"

  http_check {
    path         = each.value.path
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }

  monitored_resource {
    type   = "uptime_url"
    labels = { project_id = var.project, host = local.hosts[each.key] }
  }
}

resource "google_monitoring_alert_policy" "this" {
  for_each = var.checks

  project               = var.project
  display_name          = "Not reachable: ${each.key}"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = each.value.channels

  conditions {
    display_name = "${each.key} fails from two places"

    condition_threshold {
      filter = join(" AND ", [
        "resource.type = \"uptime_url\"",
        "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\"",
        "metric.labels.check_id = \"${google_monitoring_uptime_check_config.this[each.key].uptime_check_id}\"",
      ])
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "60s"

      aggregations {
        alignment_period     = "1200s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }
}
