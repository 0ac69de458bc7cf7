output "address" {
  description = "The public address. Names of the product lead to it."
  value       = azurerm_public_ip.this.ip_address
}

output "service_annotations" {
  description = "Annotations of the ingress controller's service, which take the address."
  value = {
    "service.beta.kubernetes.io/azure-load-balancer-ipv4"           = azurerm_public_ip.this.ip_address
    "service.beta.kubernetes.io/azure-load-balancer-resource-group" = azurerm_resource_group.this.name
  }
}

output "name_servers" {
  description = "Where the registrar has to send the zone's names, if the zone is kept here."
  value       = one([for zone in azurerm_dns_zone.this : zone.name_servers])
}

output "resource_group_id" {
  description = "Id of the address' resource group."
  value       = azurerm_resource_group.this.id
}
