# Written by Gantry from the spec: change that, and run `gantry synth`.

output "name" {
  description = "The job's name."
  value       = google_cloud_run_v2_job.this.name
}

output "service_account" {
  description = "The account that it runs as."
  value       = module.account.email
}
