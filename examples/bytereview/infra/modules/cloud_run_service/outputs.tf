# Written by Gantry from the spec: change that, and run `gantry synth`.

output "name" {
  description = "The service's name."
  value       = google_cloud_run_v2_service.this.name
}

output "service_url" {
  description = "The service's own address."
  value       = google_cloud_run_v2_service.this.uri
}

output "revision_name" {
  description = "The latest revision that is ready: what a canary starts from."
  value       = google_cloud_run_v2_service.this.latest_ready_revision
}

output "service_account" {
  description = "The account that it runs as."
  value       = module.account.email
}
