# Written by Gantry from the spec: change that, and run `gantry synth`.

output "ids" {
  description = "The id of each policy, by its name."
  value       = { for name, one in google_monitoring_alert_policy.this : name => one.id }
}
