output "zone" {
  description = "What the names end in."
  value       = azurerm_private_dns_zone.this.name
}
