# Written by Gantry from the spec: change that, and run `gantry synth`.

output "ids" {
  description = "The id of each check, by its name."
  value       = { for name, one in google_monitoring_uptime_check_config.this : name => one.uptime_check_id }
}
