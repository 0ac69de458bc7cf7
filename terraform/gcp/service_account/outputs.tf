output "email" {
  description = "The account's address."
  value       = google_service_account.this.email
}

output "member" {
  description = "The account as policies name it."
  value       = google_service_account.this.member
}

output "name" {
  description = "The account's full name."
  value       = google_service_account.this.name
}
