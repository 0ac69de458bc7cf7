# Written by Gantry from the spec: change that, and run `gantry synth`.

# Cloud SQL instances that are stopped while nobody works: a stopped one costs its disk only. Nothing else starts them again, so the
# first who comes early starts them by hand:
#   gcloud sql instances patch <instance> --activation-policy=ALWAYS

resource "google_service_account" "this" {
  project      = var.project
  account_id   = var.account_id
  display_name = "Stops and starts databases"
}

resource "google_project_iam_custom_role" "this" {
  project     = var.project
  role_id     = replace(var.account_id, "-", "_")
  title       = "Stops and starts databases"
  permissions = ["cloudsql.instances.get", "cloudsql.instances.update"]
}

resource "google_project_iam_member" "this" {
  for_each = var.instances

  project = var.project
  role    = google_project_iam_custom_role.this.id
  member  = google_service_account.this.member

  condition {
    title      = "only ${each.key}"
    expression = "resource.type == 'sqladmin.googleapis.com/Instance' && resource.name == 'projects/${var.project}/instances/${each.value}'"
  }
}

module "stop" {
  source   = "../scheduled_call"
  for_each = var.instances

  project         = var.project
  region          = var.region
  name            = "${each.value}-stop"
  description     = "Stops ${each.value} for the night"
  schedule        = var.stop
  time_zone       = var.time_zone
  method          = "PATCH"
  uri             = "https://sqladmin.googleapis.com/v1/projects/${var.project}/instances/${each.value}"
  body            = { settings = { activationPolicy = "NEVER" } }
  service_account = google_service_account.this.email
}

module "start" {
  source   = "../scheduled_call"
  for_each = var.instances

  project         = var.project
  region          = var.region
  name            = "${each.value}-start"
  description     = "Starts ${each.value} for the day"
  schedule        = var.start
  time_zone       = var.time_zone
  method          = "PATCH"
  uri             = "https://sqladmin.googleapis.com/v1/projects/${var.project}/instances/${each.value}"
  body            = { settings = { activationPolicy = "ALWAYS" } }
  service_account = google_service_account.this.email
}
