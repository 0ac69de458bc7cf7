# Written by Gantry from the spec: change that, and run `gantry synth`.

output "name" {
  description = "The bucket's name."
  value       = google_storage_bucket.this.name
}

output "url" {
  description = "The bucket as gs://."
  value       = google_storage_bucket.this.url
}
