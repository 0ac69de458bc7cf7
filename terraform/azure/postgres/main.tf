# PostgreSQL, reached from inside the network only: a standby in another zone, read replicas near and far, encrypted with the
# product's own key, and restorable to any second of its retention.

locals {
  parameters = merge(var.parameters, { max_connections = tostring(var.max_connections) })
}

# One zone of names for the server and its replicas, known in every network that they stand in.
resource "azurerm_private_dns_zone" "this" {
  name                = "${var.name}.private.postgres.database.azure.com"
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

resource "azurerm_postgresql_flexible_server" "this" {
  name                          = var.name
  resource_group_name           = var.resource_group_name
  location                      = var.location
  version                       = tostring(var.postgres_version)
  sku_name                      = var.size
  storage_mb                    = var.storage_gib * 1024
  auto_grow_enabled             = true
  administrator_login           = var.user
  administrator_password        = var.password
  delegated_subnet_id           = var.subnet_id
  private_dns_zone_id           = azurerm_private_dns_zone.this.id
  public_network_access_enabled = false
  backup_retention_days         = var.backup_retention_days
  geo_redundant_backup_enabled  = var.geo_redundant_backup != null
  tags                          = var.tags

  dynamic "high_availability" {
    for_each = var.high_availability ? ["ZoneRedundant"] : []
    content {
      mode = high_availability.value
    }
  }

  identity {
    type         = "UserAssigned"
    identity_ids = distinct(compact([var.encryption.identity_id, try(var.geo_redundant_backup.identity_id, null)]))
  }

  customer_managed_key {
    key_vault_key_id                     = var.encryption.key_id
    primary_user_assigned_identity_id    = var.encryption.identity_id
    geo_backup_key_vault_key_id          = try(var.geo_redundant_backup.key_id, null)
    geo_backup_user_assigned_identity_id = try(var.geo_redundant_backup.identity_id, null)
  }

  maintenance_window {
    day_of_week  = 0
    start_hour   = 2
    start_minute = 0
  }

  lifecycle {
    ignore_changes = [
      zone,                                           # a failover changes it
      high_availability[0].standby_availability_zone, # and this
      storage_mb,                                     # grows by itself, and never shrinks
      administrator_password,                         # rotated while the server runs
    ]

    precondition {
      condition     = !var.high_availability || !startswith(var.size, "B_")
      error_message = "A burstable server has no standby: choose a size that begins with GP_ or MO_."
    }
  }

  depends_on = [azurerm_private_dns_zone_virtual_network_link.this]
}

resource "azurerm_postgresql_flexible_server_configuration" "this" {
  for_each = local.parameters

  server_id = azurerm_postgresql_flexible_server.this.id
  name      = each.key
  value     = each.value
}

resource "azurerm_postgresql_flexible_server_database" "this" {
  name      = var.database
  server_id = azurerm_postgresql_flexible_server.this.id
  charset   = "UTF8"
  collation = "en_US.utf8"

  lifecycle {
    prevent_destroy = true
  }
}

resource "azurerm_postgresql_flexible_server" "replica" {
  for_each = var.replicas

  name                          = "${var.name}-${each.key}"
  resource_group_name           = each.value.resource_group_name
  location                      = each.value.location
  create_mode                   = "Replica"
  source_server_id              = azurerm_postgresql_flexible_server.this.id
  version                       = tostring(var.postgres_version)
  sku_name                      = each.value.size
  storage_mb                    = var.storage_gib * 1024
  auto_grow_enabled             = true
  delegated_subnet_id           = each.value.subnet_id
  private_dns_zone_id           = azurerm_private_dns_zone.this.id
  public_network_access_enabled = false
  tags                          = var.tags

  identity {
    type         = "UserAssigned"
    identity_ids = [each.value.encryption.identity_id]
  }

  # A key of its own region: the replica has to open when the other region is gone.
  customer_managed_key {
    key_vault_key_id                  = each.value.encryption.key_id
    primary_user_assigned_identity_id = each.value.encryption.identity_id
  }

  lifecycle {
    ignore_changes = [zone, storage_mb]
  }

  # A replica takes the number of connections over when it is made: less than the primary's, and it does not start.
  depends_on = [azurerm_postgresql_flexible_server_configuration.this, azurerm_private_dns_zone_virtual_network_link.this]
}
