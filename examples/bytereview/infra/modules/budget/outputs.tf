# Written by Gantry from the spec: change that, and run `gantry synth`.

output "id" {
  description = "The budget's id."
  value       = google_billing_budget.this.id
}

output "topic" {
  description = "The id of the topic that is told the cost so far, or null."
  value       = one(google_pubsub_topic.this[*].id)
}
