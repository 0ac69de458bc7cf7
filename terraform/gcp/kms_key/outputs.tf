output "id" {
  description = "The key's id."
  value       = google_kms_crypto_key.this.id
}
