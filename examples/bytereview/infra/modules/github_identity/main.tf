# Written by Gantry from the spec: change that, and run `gantry synth`.

# GitHub Actions of one repository become an account here without a key: GitHub says who a job is, and Google believes it for this
# repository only. A job is the deployer only when it runs in one of these environments of GitHub, whose reviewers and branches it has
# to pass. What only plans is another account, which may read and nothing else. What shows a pull request is a third: its author decides
# what runs then, so it is who it is in runs of pull requests only, and may do what a preview takes.
#
# Where the states lie and what a plan may read beyond the project is said where the bucket of the states is made: a policy of that
# bucket is nothing that a pipeline should be able to read, let alone write.

resource "google_iam_workload_identity_pool" "this" {
  project                   = var.project
  workload_identity_pool_id = var.pool
  display_name              = "GitHub Actions"
}

resource "google_iam_workload_identity_pool_provider" "this" {
  project                            = var.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.this.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  display_name                       = "GitHub Actions"
  attribute_condition                = "assertion.repository == '${var.repository}'"

  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
    "attribute.preview"    = "assertion.event_name == 'pull_request' && has(assertion.environment) ? assertion.environment : 'none'"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account" "deployer" {
  project      = var.project
  account_id   = var.account_id
  display_name = "Terraform and releases from GitHub Actions"
}

resource "google_service_account_iam_member" "deployer" {
  for_each = var.environments

  service_account_id = google_service_account.deployer.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.this.name}/subject/repo:${var.repository}:environment:${each.value}"
}

resource "google_project_iam_member" "deployer" {
  for_each = var.roles

  project = var.project
  role    = each.value
  member  = google_service_account.deployer.member
}

resource "google_service_account" "planner" {
  project      = var.project
  account_id   = var.planner_account_id
  display_name = "Plans of GitHub Actions"
}

resource "google_service_account_iam_member" "planner" {
  for_each = var.planning

  service_account_id = google_service_account.planner.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.this.name}/subject/repo:${var.repository}:environment:${each.value}"
}

resource "google_project_iam_member" "planner" {
  # What is asked in the name of the project needs the right to use its services.
  for_each = toset(["roles/viewer", "roles/iam.securityReviewer", "roles/serviceusage.serviceUsageConsumer"])

  project = var.project
  role    = each.value
  member  = google_service_account.planner.member
}

resource "google_service_account" "previewer" {
  count = var.previewing == null ? 0 : 1

  project      = var.project
  account_id   = var.previewer_account_id
  display_name = "Previews of pull requests from GitHub Actions"
}

resource "google_service_account_iam_member" "previewer" {
  count = var.previewing == null ? 0 : 1

  service_account_id = google_service_account.previewer[0].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.this.name}/attribute.preview/${var.previewing}"
}
