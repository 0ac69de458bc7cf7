# Written by Gantry from the spec: change that, and run `gantry synth`.

output "service_account" {
  description = "The account that stops and starts."
  value       = google_service_account.this.email
}
