# A region's network: a private subnet with its own way out in every zone, one for the database, one for private endpoints.
# Nothing in it has a public address but the gateways that traffic leaves by.

locals {
  # Of 10.20.0.0/16: 10.20.0.0/20 is for zone 1, 10.20.16.0/20 for zone 2, 10.20.32.0/20 for zone 3.
  nodes     = { for zone in var.zones : zone => cidrsubnet(var.range, 4, tonumber(zone) - 1) }
  database  = cidrsubnet(var.range, 8, 240)
  endpoints = cidrsubnet(var.range, 8, 241)
}

resource "azurerm_virtual_network" "this" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
  address_space       = [var.range]
  tags                = var.tags
}

resource "azurerm_subnet" "nodes" {
  for_each = local.nodes

  name                            = "nodes-${each.key}"
  resource_group_name             = var.resource_group_name
  virtual_network_name            = azurerm_virtual_network.this.name
  address_prefixes                = [each.value]
  default_outbound_access_enabled = false
}

resource "azurerm_subnet" "database" {
  name                            = "database"
  resource_group_name             = var.resource_group_name
  virtual_network_name            = azurerm_virtual_network.this.name
  address_prefixes                = [local.database]
  default_outbound_access_enabled = false
  service_endpoints               = ["Microsoft.Storage"] # the servers send their log to it

  delegation {
    name = "postgres"

    service_delegation {
      name    = "Microsoft.DBforPostgreSQL/flexibleServers"
      actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"]
    }
  }
}

resource "azurerm_subnet" "endpoints" {
  name                              = "endpoints"
  resource_group_name               = var.resource_group_name
  virtual_network_name              = azurerm_virtual_network.this.name
  address_prefixes                  = [local.endpoints]
  default_outbound_access_enabled   = false
  private_endpoint_network_policies = "Enabled" # or the firewall's rules would not hold for endpoints
}

# A gateway lives in one zone: with one in each, a lost zone takes only its own way out along.
resource "azurerm_public_ip" "out" {
  for_each = local.nodes

  name                = "${var.name}-out-${each.key}"
  resource_group_name = var.resource_group_name
  location            = var.location
  allocation_method   = "Static"
  sku                 = "Standard"
  zones               = [each.key]
  tags                = var.tags
}

resource "azurerm_nat_gateway" "this" {
  for_each = local.nodes

  name                = "${var.name}-${each.key}"
  resource_group_name = var.resource_group_name
  location            = var.location
  sku_name            = "Standard"
  zones               = [each.key]
  tags                = var.tags
}

resource "azurerm_nat_gateway_public_ip_association" "this" {
  for_each = local.nodes

  nat_gateway_id       = azurerm_nat_gateway.this[each.key].id
  public_ip_address_id = azurerm_public_ip.out[each.key].id
}

resource "azurerm_subnet_nat_gateway_association" "nodes" {
  for_each = local.nodes

  subnet_id      = azurerm_subnet.nodes[each.key].id
  nat_gateway_id = azurerm_nat_gateway.this[each.key].id
}

# Inside the network, the public names of these services lead to their private endpoints.
resource "azurerm_private_dns_zone" "endpoints" {
  for_each = var.private_zones

  name                = each.value
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "endpoints" {
  for_each = var.private_zones

  name                  = var.name
  resource_group_name   = var.resource_group_name
  private_dns_zone_name = azurerm_private_dns_zone.endpoints[each.key].name
  virtual_network_id    = azurerm_virtual_network.this.id
  tags                  = var.tags
}

# Services of another subscription, such as the registry that all environments share.
resource "azurerm_private_endpoint" "linked" {
  for_each = var.linked_services

  name                = "${var.name}-${each.key}"
  resource_group_name = var.resource_group_name
  location            = var.location
  subnet_id           = azurerm_subnet.endpoints.id
  tags                = var.tags

  private_service_connection {
    name                           = each.key
    private_connection_resource_id = each.value
    subresource_names              = [each.key]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = each.key
    private_dns_zone_ids = [azurerm_private_dns_zone.endpoints[each.key].id]
  }
}
