# Written by Gantry from the spec: change that, and run `gantry synth`.

# A dump of a Cloud SQL database by the clock, into a bucket, each under a name of its own: an export to a name that is taken fails.
# A workflow finds the name. One whose instance is stopped is left out, as nothing has changed in it.

resource "google_service_account" "this" {
  project      = var.project
  account_id   = var.account_id
  display_name = "Dumps ${var.instance}"
}

resource "google_project_iam_custom_role" "this" {
  project     = var.project
  role_id     = replace(var.account_id, "-", "_")
  title       = "Dumps a database"
  permissions = ["cloudsql.instances.export", "cloudsql.instances.get"]
}

resource "google_project_iam_member" "instance" {
  project = var.project
  role    = google_project_iam_custom_role.this.id
  member  = google_service_account.this.member

  condition {
    title      = "only ${var.instance}"
    expression = "resource.type == 'sqladmin.googleapis.com/Instance' && resource.name == 'projects/${var.project}/instances/${var.instance}'"
  }
}

# The instance itself writes the dump.
resource "google_storage_bucket_iam_member" "instance" {
  bucket = var.bucket
  role   = "roles/storage.objectUser"
  member = "serviceAccount:${var.instance_service_account}"
}

resource "google_workflows_workflow" "this" {
  project         = var.project
  region          = var.region
  name            = "${var.instance}-dump"
  description     = "Dumps the database ${var.database}"
  service_account = google_service_account.this.email
  source_contents = file("${path.module}/workflow.yaml")

  user_env_vars = {
    PROJECT  = var.project
    INSTANCE = var.instance
    DATABASE = var.database
    BUCKET   = var.bucket
  }
}

# Whoever starts the workflow may not dump. Workflows have no policy of their own: the project is the narrowest place.
resource "google_service_account" "starter" {
  project      = var.project
  account_id   = "${var.account_id}-start"
  display_name = "Starts the dump of ${var.instance}"
}

resource "google_project_iam_member" "starter" {
  project = var.project
  role    = "roles/workflows.invoker"
  member  = google_service_account.starter.member
}

module "schedule" {
  source = "../scheduled_call"

  project         = var.project
  region          = var.region
  name            = google_workflows_workflow.this.name
  description     = "Dumps the database ${var.database}"
  schedule        = var.schedule
  time_zone       = var.time_zone
  uri             = "https://workflowexecutions.googleapis.com/v1/${google_workflows_workflow.this.id}/executions"
  body            = {}
  service_account = google_service_account.starter.email
}
