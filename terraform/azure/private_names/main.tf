# Names that only the product's own networks know, for what one region calls in the other.

resource "azurerm_private_dns_zone" "this" {
  name                = var.zone
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "this" {
  for_each = var.network_ids

  name                  = each.key
  resource_group_name   = var.resource_group_name
  private_dns_zone_name = azurerm_private_dns_zone.this.name
  virtual_network_id    = each.value
  tags                  = var.tags
}

resource "azurerm_private_dns_a_record" "this" {
  for_each = var.addresses

  name                = each.key
  resource_group_name = var.resource_group_name
  zone_name           = azurerm_private_dns_zone.this.name
  ttl                 = 60
  records             = [each.value]
  tags                = var.tags
}
