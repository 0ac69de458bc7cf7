# Images of the product: fetched from inside the networks, pushed by the pipeline's identity alone. Azure has no
# setting that keeps a tag from being moved: the pipeline locks each image after its push, and deploys by digest.

resource "azurerm_container_registry" "this" {
  name                          = var.name
  resource_group_name           = var.resource_group_name
  location                      = var.location
  sku                           = "Premium" # the one with private endpoints, retention and copies in other regions
  admin_enabled                 = false
  anonymous_pull_enabled        = false
  zone_redundancy_enabled       = true
  public_network_access_enabled = length(var.administration_ranges) > 0
  network_rule_bypass_option    = "AzureServices"
  retention_policy_in_days      = var.untagged_days
  tags                          = var.tags

  dynamic "network_rule_set" {
    for_each = length(var.administration_ranges) > 0 ? [var.administration_ranges] : []
    content {
      default_action = "Deny"

      dynamic "ip_rule" {
        for_each = network_rule_set.value
        content {
          action   = "Allow"
          ip_range = ip_rule.value
        }
      }
    }
  }

  # Nodes of the other region start pods when this one is gone.
  dynamic "georeplications" {
    for_each = sort(var.replica_locations)
    content {
      location                = georeplications.value
      zone_redundancy_enabled = true
      tags                    = var.tags
    }
  }
}

resource "azurerm_private_endpoint" "this" {
  for_each = var.endpoints

  name                = "${var.name}-${each.key}"
  resource_group_name = each.value.resource_group_name
  location            = each.value.location
  subnet_id           = each.value.subnet_id
  tags                = var.tags

  private_service_connection {
    name                           = "registry"
    private_connection_resource_id = azurerm_container_registry.this.id
    subresource_names              = ["registry"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "registry"
    private_dns_zone_ids = [each.value.zones["registry"]]
  }
}
