# Written by Gantry from the spec: change that, and run `gantry synth`.

output "kms_key_id" {
  description = "The key's id."
  value       = google_kms_crypto_key.this.id
}
