output "id" {
  description = "The server's id."
  value       = azurerm_postgresql_flexible_server.this.id
}

output "host" {
  description = "Host name of the server, inside the network."
  value       = azurerm_postgresql_flexible_server.this.fqdn
}

output "port" {
  description = "Port of the server."
  value       = 5432
}

output "database" {
  description = "Name of the database."
  value       = azurerm_postgresql_flexible_server_database.this.name
}

output "url" {
  description = "Address of the database with its user and first password."
  value       = "postgresql://${var.user}:${urlencode(var.password)}@${azurerm_postgresql_flexible_server.this.fqdn}:5432/${azurerm_postgresql_flexible_server_database.this.name}?sslmode=require"
  sensitive   = true
}

output "replica_hosts" {
  description = "Host name of each replica."
  value       = { for name, replica in azurerm_postgresql_flexible_server.replica : name => replica.fqdn }
}

output "replica_ids" {
  description = "Id of each replica."
  value       = { for name, replica in azurerm_postgresql_flexible_server.replica : name => replica.id }
}
