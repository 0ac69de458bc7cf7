# Blobs that nobody outside the networks reaches: copies of the data, and what has grown too old for MinIO's disks.

resource "azurerm_storage_account" "this" {
  name                              = var.name
  resource_group_name               = var.resource_group_name
  location                          = var.location
  account_kind                      = "StorageV2"
  account_tier                      = "Standard"
  account_replication_type          = var.replication
  access_tier                       = "Cool" # written once, rarely read
  min_tls_version                   = "TLS1_2"
  https_traffic_only_enabled        = true
  allow_nested_items_to_be_public   = false
  cross_tenant_replication_enabled  = false
  default_to_oauth_authentication   = true
  shared_access_key_enabled         = true # MinIO knows no other way to its archive
  infrastructure_encryption_enabled = true
  public_network_access_enabled     = length(var.administration_ranges) > 0
  tags                              = var.tags

  identity {
    type         = "UserAssigned"
    identity_ids = [var.encryption.identity_id]
  }

  customer_managed_key {
    key_vault_key_id          = var.encryption.key_id
    user_assigned_identity_id = var.encryption.identity_id
  }

  blob_properties {
    versioning_enabled = true

    delete_retention_policy {
      days = var.undelete_days
    }

    container_delete_retention_policy {
      days = var.undelete_days
    }
  }

  network_rules {
    default_action = "Deny"
    bypass         = ["AzureServices"]
    ip_rules       = var.administration_ranges
  }
}

resource "azurerm_storage_container" "this" {
  for_each = var.containers

  name                  = each.key
  storage_account_id    = azurerm_storage_account.this.id
  container_access_type = "private"
}

resource "azurerm_storage_management_policy" "this" {
  storage_account_id = azurerm_storage_account.this.id

  rule {
    name    = "old-versions"
    enabled = true

    filters {
      blob_types = ["blockBlob"]
    }

    actions {
      version {
        delete_after_days_since_creation = var.undelete_days
      }
    }
  }

  dynamic "rule" {
    for_each = { for name, container in var.containers : name => container if container.keep_days != null }
    content {
      name    = "keep-${rule.key}"
      enabled = true

      filters {
        blob_types   = ["blockBlob"]
        prefix_match = ["${rule.key}/"]
      }

      actions {
        base_blob {
          delete_after_days_since_creation_greater_than = rule.value.keep_days
        }
      }
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
    name                           = "blob"
    private_connection_resource_id = azurerm_storage_account.this.id
    subresource_names              = ["blob"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "blob"
    private_dns_zone_ids = [each.value.zones["blob"]]
  }
}
