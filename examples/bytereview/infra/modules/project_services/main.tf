# Written by Gantry from the spec: change that, and run `gantry synth`.

# The APIs of a project. What takes the project from this module's output waits until they are on.

resource "google_project_service" "this" {
  for_each = var.services

  project = var.project
  service = each.value

  # Another root, or a person, may use the same API.
  disable_on_destroy = false
}
