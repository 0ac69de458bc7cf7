# Keys of a region, in a vault that gives none of them away: each rotates by itself, and whoever uses one may use that one only.

data "azurerm_client_config" "this" {}

resource "azurerm_key_vault" "this" {
  name                          = var.name
  resource_group_name           = var.resource_group_name
  location                      = var.location
  tenant_id                     = data.azurerm_client_config.this.tenant_id
  sku_name                      = var.hardware ? "premium" : "standard"
  rbac_authorization_enabled    = true
  purge_protection_enabled      = true # data encrypted with a lost key is lost
  soft_delete_retention_days    = 90
  enabled_for_disk_encryption   = true
  public_network_access_enabled = length(var.administration_ranges) > 0
  tags                          = var.tags

  network_acls {
    default_action = "Deny"
    bypass         = "AzureServices" # the database and the disks reach their keys this way
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

# Whoever runs Terraform makes the keys and says how they rotate.
resource "azurerm_role_assignment" "keeper" {
  scope                = azurerm_key_vault.this.id
  role_definition_name = "Key Vault Crypto Officer"
  principal_id         = data.azurerm_client_config.this.object_id

  lifecycle {
    ignore_changes = [principal_id] # whoever runs Terraform first; the pipeline gets the role by its own identity
  }
}

resource "azurerm_key_vault_key" "this" {
  for_each = var.keys

  name         = each.key
  key_vault_id = azurerm_key_vault.this.id
  key_type     = var.hardware ? "RSA-HSM" : "RSA"
  key_size     = 4096
  key_opts     = ["decrypt", "encrypt", "unwrapKey", "wrapKey"]
  tags         = var.tags

  rotation_policy {
    automatic {
      time_after_creation = "P${each.value.rotate_days}D"
    }

    # Older versions stay able to decrypt for as long again.
    expire_after         = "P${each.value.rotate_days * 2}D"
    notify_before_expiry = "P30D"
  }

  depends_on = [azurerm_role_assignment.keeper, azurerm_private_endpoint.this]
}

# The database opens its key with this identity, and the disks theirs with one of their own.
resource "azurerm_user_assigned_identity" "data" {
  name                = "${var.name}-data"
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags
}

resource "azurerm_role_assignment" "data" {
  scope                = azurerm_key_vault_key.this["data"].resource_versionless_id
  role_definition_name = "Key Vault Crypto Service Encryption User"
  principal_id         = azurerm_user_assigned_identity.data.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_disk_encryption_set" "this" {
  name                      = "${var.name}-disks"
  resource_group_name       = var.resource_group_name
  location                  = var.location
  key_vault_key_id          = azurerm_key_vault_key.this["disks"].versionless_id
  auto_key_rotation_enabled = true
  encryption_type           = "EncryptionAtRestWithPlatformAndCustomerKeys"
  tags                      = var.tags

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "disks" {
  scope                = azurerm_key_vault_key.this["disks"].resource_versionless_id
  role_definition_name = "Key Vault Crypto Service Encryption User"
  principal_id         = azurerm_disk_encryption_set.this.identity[0].principal_id
  principal_type       = "ServicePrincipal"
}
