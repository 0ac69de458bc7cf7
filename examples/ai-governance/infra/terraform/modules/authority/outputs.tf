# Written by Gantry from the spec: change that, and run `gantry synth`.

output "certificate" {
  description = "Certificate to trust."
  value       = tls_self_signed_cert.this.cert_pem
}

output "key" {
  description = "Key that certificates are signed with."
  value       = tls_private_key.this.private_key_pem
  sensitive   = true
}
