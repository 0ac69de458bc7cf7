# Written by Gantry from the spec: change that, and run `gantry synth`.

output "address" {
  description = "The address that the domains point to."
  value       = google_compute_global_address.this.address
}
