# Written by Gantry from the spec: change that, and run `gantry synth`.

output "host" {
  description = "The address."
  value       = google_redis_instance.this.host
}

output "port" {
  description = "The port. It is another one where clients speak TLS."
  value       = google_redis_instance.this.port
}

output "ca_certificate" {
  description = "The certificates that clients verify it against, as Memorystore signs its own. Empty without TLS."
  value       = join("\n", google_redis_instance.this.server_ca_certs[*].cert)
}
