# Written by Gantry from the spec: change that, and run `gantry synth`.

output "url" {
  description = "What an image's name begins with."
  value       = "${var.location}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.this.name}"
}
