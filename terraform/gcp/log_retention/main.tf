# How long a project's logs are kept, and which are not kept at all.

resource "google_logging_project_bucket_config" "default" {
  project        = var.project
  location       = "global"
  bucket_id      = "_Default"
  retention_days = var.retention_days
}

resource "google_logging_project_exclusion" "this" {
  for_each = var.exclusions

  project     = var.project
  name        = each.key
  description = each.value.description
  filter      = each.value.filter
}
