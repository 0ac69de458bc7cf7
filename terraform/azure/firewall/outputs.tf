output "ids" {
  description = "Id of each group of rules: nodes, database, endpoints."
  value       = { for name, group in azurerm_network_security_group.this : name => group.id }
  depends_on  = [azurerm_subnet_network_security_group_association.this]
}
