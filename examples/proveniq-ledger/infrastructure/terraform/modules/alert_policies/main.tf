# Written by Gantry from the spec: change that, and run `gantry synth`.

# Alerts of Cloud Monitoring, each on a PromQL expression that holds while something is wrong.

locals {
  severities = { critical = "CRITICAL", high = "ERROR", warning = "WARNING", medium = "WARNING", info = "WARNING" }
}

resource "google_monitoring_alert_policy" "this" {
  for_each = { for one in var.alerts : one.name => one }

  project               = var.project
  display_name          = each.value.name
  combiner              = "OR"
  severity              = local.severities[each.value.severity]
  notification_channels = [for name in each.value.channels : var.channels[name]]
  user_labels           = { severity = each.value.severity }

  conditions {
    display_name = each.value.name

    condition_prometheus_query_language {
      query               = each.value.query
      duration            = "${each.value.for_seconds}s"
      evaluation_interval = "${each.value.every_seconds}s"
      # The first sample of a metric may come after the alert on it.
      disable_metric_validation = true
    }
  }

  dynamic "documentation" {
    for_each = each.value.means == null ? [] : [each.value.means]

    content {
      content   = documentation.value
      mime_type = "text/markdown"
    }
  }

  alert_strategy {
    auto_close = "1800s"
  }
}
