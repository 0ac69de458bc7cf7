# Written by Gantry from the spec: change that, and run `gantry synth`.

# The account that one service runs as, and all that it may do: each role on the very thing that it is needed for.

locals {
  bucket_roles = merge([for key, one in var.access.buckets : { for role in one.roles : "${key} ${role}" => { name = one.name, role = role } }]...)
  key_roles    = merge([for key, one in var.access.keys : { for role in one.roles : "${key} ${role}" => { id = one.id, role = role } }]...)
  topic_roles  = merge([for key, one in var.access.topics : { for role in one.roles : "${key} ${role}" => { id = one.id, role = role } }]...)
}

resource "google_service_account" "this" {
  project      = var.project
  account_id   = var.account_id
  display_name = var.display_name
}

# Cloud SQL has no policy of its own on an instance: the condition narrows the project's.
resource "google_project_iam_member" "databases" {
  for_each = var.access.databases

  project = var.project
  role    = "roles/cloudsql.client"
  member  = google_service_account.this.member

  condition {
    title      = "only ${each.key}"
    expression = "resource.type == 'sqladmin.googleapis.com/Instance' && resource.name == 'projects/${var.project}/instances/${each.value}'"
  }
}

resource "google_storage_bucket_iam_member" "this" {
  for_each = local.bucket_roles

  bucket = each.value.name
  role   = each.value.role
  member = google_service_account.this.member
}

resource "google_kms_crypto_key_iam_member" "this" {
  for_each = local.key_roles

  crypto_key_id = each.value.id
  role          = each.value.role
  member        = google_service_account.this.member
}

resource "google_pubsub_topic_iam_member" "this" {
  for_each = local.topic_roles

  topic  = each.value.id
  role   = each.value.role
  member = google_service_account.this.member
}

resource "google_secret_manager_secret_iam_member" "this" {
  for_each = var.secrets

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.this.member
}

# Metrics and traces have no narrower place than the project.
resource "google_project_iam_member" "project" {
  for_each = var.project_roles

  project = var.project
  role    = each.value
  member  = google_service_account.this.member
}

# A pod of Kubernetes that runs as one of these accounts is this account, without a key.
resource "google_service_account_iam_member" "workload_identity" {
  for_each = var.kubernetes_accounts

  service_account_id = google_service_account.this.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${var.project}.svc.id.goog[${each.value}]"
}
