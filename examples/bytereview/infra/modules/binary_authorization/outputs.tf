# Written by Gantry from the spec: change that, and run `gantry synth`.

output "attestor" {
  description = "The attestor's id."
  value       = google_binary_authorization_attestor.this.id
}

output "key_version" {
  description = "The version of the key that the pipeline signs with."
  value       = data.google_kms_crypto_key_version.this.name
}
