# Written by Gantry from the spec: change that, and run `gantry synth`.

# Dashboards of Cloud Monitoring from their JSON definitions.

resource "google_monitoring_dashboard" "this" {
  for_each = var.dashboards

  project        = var.project
  dashboard_json = each.value
}

# A workspace that several projects share sees the metrics of each.
resource "google_monitoring_monitored_project" "this" {
  for_each = var.monitored_projects

  metrics_scope = var.project
  name          = each.value
}
