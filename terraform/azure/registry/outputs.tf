output "id" {
  description = "The registry's id."
  value       = azurerm_container_registry.this.id
}

output "url" {
  description = "Host name of the registry."
  value       = azurerm_container_registry.this.login_server
}
