# Written by Gantry from the spec: change that, and run `gantry synth`.

output "ids" {
  description = "The id of each secret, by its name."
  value       = { for name, one in google_secret_manager_secret.this : name => one.id }
}
