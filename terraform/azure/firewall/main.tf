# Who may reach what inside a region's network. Azure lets everything in a network, and in those joined to it, talk to everything
# else: here each subnet says who comes in, and refuses the rest.

locals {
  nodes = values(var.node_ranges)

  allowed = {
    nodes = [
      { name = "web", ports = ["80", "443"], tag = "Internet", from = null, why = "Browsers, to the ingress; port 80 only sends them on to 443" },
      { name = "nodes", ports = ["0-65535"], tag = null, from = local.nodes, why = "Pods and nodes of the cluster among themselves" },
      { name = "health", ports = ["0-65535"], tag = "AzureLoadBalancer", from = null, why = "Health checks of the load balancer" },
      { name = "minio", ports = ["9000"], tag = null, from = var.peer_ranges, why = "The other region's MinIO, which copies its objects here" },
    ]
    database = [
      { name = "nodes", ports = ["5432"], tag = null, from = local.nodes, why = "Services in the cluster" },
      { name = "itself", ports = ["5432"], tag = null, from = [var.database_subnet.range], why = "The standby in another zone" },
      { name = "peers", ports = ["5432"], tag = null, from = var.peer_ranges, why = "The other region: its replica, and its services after a failover" },
    ]
    endpoints = [
      { name = "nodes", ports = ["443"], tag = null, from = local.nodes, why = "Services in the cluster" },
    ]
  }

  subnets = merge(
    { for zone, id in var.node_subnets : "nodes-${zone}" => { id = id, rules = "nodes" } },
    { database = { id = var.database_subnet.id, rules = "database" } },
    { endpoints = { id = var.endpoint_subnet_id, rules = "endpoints" } },
  )
}

resource "azurerm_network_security_group" "this" {
  for_each = local.allowed

  name                = "${var.name}-${each.key}"
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags

  dynamic "security_rule" {
    for_each = { for index, rule in each.value : index => rule if rule.from == null ? true : length(rule.from) > 0 }
    content {
      name                    = security_rule.value.name
      description             = security_rule.value.why
      priority                = 100 + 10 * security_rule.key
      direction               = "Inbound"
      access                  = "Allow"
      protocol                = contains(security_rule.value.ports, "0-65535") ? "*" : "Tcp"
      source_port_range       = "*"
      destination_port_ranges = security_rule.value.ports
      # Azure takes a name of its own (Internet) alone, and ranges as a list.
      source_address_prefix      = security_rule.value.tag
      source_address_prefixes    = security_rule.value.from
      destination_address_prefix = "*"
    }
  }

  security_rule {
    name                       = "nobody-else"
    description                = "Comes before Azure's own rule that lets the whole network in"
    priority                   = 4096
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    destination_port_range     = "*"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }
}

resource "azurerm_subnet_network_security_group_association" "this" {
  for_each = local.subnets

  subnet_id                 = each.value.id
  network_security_group_id = azurerm_network_security_group.this[each.value.rules].id
}
