# Written by Gantry from the spec: change that, and run `gantry synth`.

output "name" {
  description = "The job's name."
  value       = google_cloud_scheduler_job.this.name
}
