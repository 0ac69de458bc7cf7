# Written by Gantry from the spec: change that, and run `gantry synth`.

output "project" {
  description = "The project's id, once its APIs are on."
  value       = var.project

  depends_on = [google_project_service.this]
}
