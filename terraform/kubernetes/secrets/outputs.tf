output "names" {
  description = "Names of the secrets."
  value       = keys(kubernetes_secret_v1.this)
}
