# Written by Gantry from the spec: change that, and run `gantry synth`.

output "ids" {
  description = "The id of each dashboard."
  value       = { for name, one in google_monitoring_dashboard.this : name => one.id }
}
