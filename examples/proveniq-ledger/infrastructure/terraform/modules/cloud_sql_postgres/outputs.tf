# Written by Gantry from the spec: change that, and run `gantry synth`.

output "name" {
  description = "The instance's name."
  value       = google_sql_database_instance.this.name
}

output "connection_name" {
  description = "The name that the Cloud SQL proxy connects by."
  value       = google_sql_database_instance.this.connection_name
}

output "private_ip" {
  description = "The instance's address in the network."
  value       = google_sql_database_instance.this.private_ip_address
}

output "service_account" {
  description = "The account that the instance reads and writes buckets as."
  value       = google_sql_database_instance.this.service_account_email_address
}

output "url_secret" {
  description = "The id of the secret that holds the database's whole address, once it does."
  value       = google_secret_manager_secret.url.id

  depends_on = [google_secret_manager_secret_version.url]
}
