# Secrets of an environment, in a vault of their own: what nobody has to know is made up here, and every reader is allowed single
# secrets. The values are in Terraform's state, which is encrypted; once rotated in the vault, that is the truth, and the state is old.

data "azurerm_client_config" "this" {}

locals {
  # Which secrets there are is no secret, only what they are.
  names = toset(concat(tolist(var.generated), nonsensitive(keys(var.values))))
}

resource "azurerm_key_vault" "this" {
  name                          = var.name
  resource_group_name           = var.resource_group_name
  location                      = var.location
  tenant_id                     = data.azurerm_client_config.this.tenant_id
  sku_name                      = "standard"
  rbac_authorization_enabled    = true
  purge_protection_enabled      = true
  soft_delete_retention_days    = 90
  public_network_access_enabled = length(var.administration_ranges) > 0
  tags                          = var.tags

  network_acls {
    default_action = "Deny"
    bypass         = "None"
    ip_rules       = var.administration_ranges
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
    name                           = "vault"
    private_connection_resource_id = azurerm_key_vault.this.id
    subresource_names              = ["vault"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "vault"
    private_dns_zone_ids = [each.value.zones["vault"]]
  }
}

resource "azurerm_role_assignment" "keeper" {
  scope                = azurerm_key_vault.this.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = data.azurerm_client_config.this.object_id

  lifecycle {
    ignore_changes = [principal_id] # whoever runs Terraform first; the pipeline gets the role by its own identity
  }
}

# 32 letters and digits are 190 bits, and need no quoting in an address.
resource "random_password" "this" {
  for_each = var.generated

  length  = 32
  special = false
}

resource "azurerm_key_vault_secret" "this" {
  for_each = local.names

  name         = each.key
  key_vault_id = azurerm_key_vault.this.id
  value        = try(var.values[each.key], random_password.this[each.key].result)
  tags         = var.tags

  lifecycle {
    ignore_changes = [value, expiration_date, not_before_date, content_type]
  }

  depends_on = [azurerm_role_assignment.keeper, azurerm_private_endpoint.this]
}
