# The one public address of a region: the ingress controller's load balancer takes it, and keeps it when the controller is made anew.

# A group of its own, because the cluster has to be allowed to use addresses of a whole group.
resource "azurerm_resource_group" "this" {
  name     = "${var.name}-ingress"
  location = var.location
  tags     = var.tags
}

resource "azurerm_public_ip" "this" {
  name                = "${var.name}-ingress"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  allocation_method   = "Static"
  sku                 = "Standard"
  zones               = var.zones
  tags                = var.tags
}

resource "azurerm_role_assignment" "cluster" {
  scope                = azurerm_resource_group.this.id
  role_definition_name = "Network Contributor"
  principal_id         = var.cluster_principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_dns_zone" "this" {
  count = var.dns_zone == null ? 0 : 1

  name                = var.dns_zone
  resource_group_name = azurerm_resource_group.this.name
  tags                = var.tags
}

resource "azurerm_dns_a_record" "this" {
  for_each = var.dns_zone == null ? [] : var.hosts

  name                = each.value == var.dns_zone ? "@" : trimsuffix(each.value, ".${var.dns_zone}")
  resource_group_name = azurerm_resource_group.this.name
  zone_name           = azurerm_dns_zone.this[0].name
  ttl                 = 60 # short, for a failover to another region
  records             = [azurerm_public_ip.this.ip_address]
  tags                = var.tags
}
