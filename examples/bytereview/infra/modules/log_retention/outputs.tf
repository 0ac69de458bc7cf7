# Written by Gantry from the spec: change that, and run `gantry synth`.

output "bucket" {
  description = "The log bucket."
  value       = google_logging_project_bucket_config.default.id
}
