output "id" {
  description = "The network's id."
  value       = azurerm_virtual_network.this.id
}

output "name" {
  description = "The network's name."
  value       = azurerm_virtual_network.this.name
}

output "range" {
  description = "Addresses of the network."
  value       = var.range
}

output "node_subnets" {
  description = "Id of the private subnet in each zone. They are there once their way out is."
  value       = { for zone, subnet in azurerm_subnet.nodes : zone => subnet.id }
  depends_on  = [azurerm_subnet_nat_gateway_association.nodes, azurerm_nat_gateway_public_ip_association.this]
}

output "node_ranges" {
  description = "Addresses of the private subnet in each zone."
  value       = local.nodes
}

output "database_subnet" {
  description = "Id and addresses of the subnet that is the database's alone."
  value       = { id = azurerm_subnet.database.id, range = local.database }
}

output "endpoint_subnet" {
  description = "Id and addresses of the subnet for private endpoints."
  value       = { id = azurerm_subnet.endpoints.id, range = local.endpoints }
}

output "endpoints" {
  description = "What a private endpoint in this network needs to know."
  value = {
    resource_group_name = var.resource_group_name
    location            = var.location
    subnet_id           = azurerm_subnet.endpoints.id
    zones               = { for service, zone in azurerm_private_dns_zone.endpoints : service => zone.id }
  }
}

output "outgoing_addresses" {
  description = "Addresses that traffic leaves from, for a partner's list of who may call."
  value       = [for address in azurerm_public_ip.out : address.ip_address]
}
