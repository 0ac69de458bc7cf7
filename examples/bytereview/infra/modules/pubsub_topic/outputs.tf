# Written by Gantry from the spec: change that, and run `gantry synth`.

output "id" {
  description = "The topic's id."
  value       = google_pubsub_topic.this.id
}

output "name" {
  description = "The topic's name."
  value       = google_pubsub_topic.this.name
}
