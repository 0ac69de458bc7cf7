# Written by Gantry from the spec: change that, and run `gantry synth`.

# How long a project's logs are kept, and which are not kept at all.

locals {
  # A path as a pattern: whatever has a meaning there stands for any one character.
  patterns = {
    for name, one in var.exclusions : name => join("|", [
      for path in one.paths : endswith(path, "*") ? local.literal[trimsuffix(path, "*")] : "${local.literal[path]}([?]|$)"
    ])
  }

  literal = {
    for path in distinct(flatten([for one in values(var.exclusions) : one.paths])) :
    trimsuffix(path, "*") => replace(trimsuffix(path, "*"), "/[^A-Za-z0-9/_-]/", ".")
  }
}

resource "google_logging_project_bucket_config" "default" {
  project        = var.project
  location       = "global"
  bucket_id      = "_Default"
  retention_days = var.retention_days
}

# Only what succeeded: a health check that fails is worth its line.
resource "google_logging_project_exclusion" "this" {
  for_each = var.exclusions

  project     = var.project
  name        = each.key
  description = "What succeeds at ${join(", ", each.value.paths)} of ${each.value.service}"

  filter = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=\"${each.value.service}\"",
    "httpRequest.requestUrl=~\"^https?://[^/]+(${local.patterns[each.key]})\"",
    "httpRequest.status<400",
  ])
}
