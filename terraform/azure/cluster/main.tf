# AKS in private subnets: nodes in each zone, people and pipelines known by Entra ID alone, pods by workload identity, traffic
# between pods by network policy, secrets from Key Vault by its driver.

data "azurerm_client_config" "this" {}

locals {
  zones = sort(keys(var.subnets))
  first = local.zones[0]
}

resource "azurerm_user_assigned_identity" "this" {
  name                = "${var.name}-cluster"
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags
}

# The cluster gives its load balancers addresses in these subnets.
resource "azurerm_role_assignment" "subnets" {
  for_each = var.subnets

  scope                = each.value
  role_definition_name = "Network Contributor"
  principal_id         = azurerm_user_assigned_identity.this.principal_id
  principal_type       = "ServicePrincipal"
}

# It attaches disks that are encrypted with the product's own key.
resource "azurerm_role_assignment" "disks" {
  scope                = var.disk_encryption_set_id
  role_definition_name = "Reader"
  principal_id         = azurerm_user_assigned_identity.this.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_kubernetes_cluster" "this" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
  dns_prefix          = var.name
  sku_tier            = "Standard" # the tier with a promise of availability
  tags                = var.tags

  # Without addresses that may call it, the API is reached from inside the network only.
  private_cluster_enabled             = length(var.api_ranges) == 0
  private_cluster_public_fqdn_enabled = false
  run_command_enabled                 = false

  local_account_disabled            = true
  role_based_access_control_enabled = true
  oidc_issuer_enabled               = true
  workload_identity_enabled         = true
  azure_policy_enabled              = true
  image_cleaner_enabled             = true
  image_cleaner_interval_hours      = 168
  disk_encryption_set_id            = var.disk_encryption_set_id

  # AKS keeps to a version that it supports, in the hours below.
  automatic_upgrade_channel = "stable"
  node_os_upgrade_channel   = "NodeImage"

  dynamic "api_server_access_profile" {
    for_each = length(var.api_ranges) == 0 ? [] : [var.api_ranges]
    content {
      authorized_ip_ranges = api_server_access_profile.value
    }
  }

  azure_active_directory_role_based_access_control {
    azure_rbac_enabled     = true
    tenant_id              = data.azurerm_client_config.this.tenant_id
    admin_group_object_ids = var.admin_groups
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.this.id]
  }

  # What the cluster itself needs runs on nodes of its own, here and in the other zones below.
  default_node_pool {
    name                         = "system${local.first}"
    vm_size                      = var.system_size
    zones                        = [local.first]
    vnet_subnet_id               = var.subnets[local.first]
    only_critical_addons_enabled = true
    auto_scaling_enabled         = true
    min_count                    = 1
    max_count                    = 3
    os_sku                       = "AzureLinux"
    host_encryption_enabled      = true
    temporary_name_for_rotation  = "systemtmp"
    tags                         = var.tags

    upgrade_settings {
      max_surge = "33%"
    }
  }

  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_data_plane  = "cilium"
    network_policy      = "cilium"
    load_balancer_sku   = "standard"
    outbound_type       = "userAssignedNATGateway"
    pod_cidr            = var.pod_range
    service_cidr        = var.service_range
    dns_service_ip      = cidrhost(var.service_range, 10)
  }

  key_vault_secrets_provider {
    secret_rotation_enabled  = true
    secret_rotation_interval = "2m"
  }

  # Pools of one zone each, filled alike.
  auto_scaler_profile {
    balance_similar_node_groups = true
    expander                    = "least-waste"
  }

  maintenance_window_auto_upgrade {
    frequency   = "Weekly"
    interval    = 1
    day_of_week = var.maintenance_day
    start_time  = var.maintenance_hour
    utc_offset  = "+00:00"
    duration    = 4
  }

  maintenance_window_node_os {
    frequency   = "Weekly"
    interval    = 1
    day_of_week = var.maintenance_day
    start_time  = var.maintenance_hour
    utc_offset  = "+00:00"
    duration    = 4
  }

  lifecycle {
    ignore_changes = [
      kubernetes_version,                        # raised by the upgrade channel
      default_node_pool[0].node_count,           # set by the autoscaler
      default_node_pool[0].orchestrator_version, # raised by the upgrade channel
    ]
  }

  depends_on = [azurerm_role_assignment.subnets, azurerm_role_assignment.disks]
}

resource "azurerm_kubernetes_cluster_node_pool" "system" {
  for_each = toset([for zone in local.zones : zone if zone != local.first])

  name                    = "system${each.key}"
  kubernetes_cluster_id   = azurerm_kubernetes_cluster.this.id
  mode                    = "System"
  vm_size                 = var.system_size
  zones                   = [each.key]
  vnet_subnet_id          = var.subnets[each.key]
  node_taints             = ["CriticalAddonsOnly=true:NoSchedule"]
  auto_scaling_enabled    = true
  min_count               = 1
  max_count               = 3
  os_sku                  = "AzureLinux"
  host_encryption_enabled = true
  tags                    = var.tags

  upgrade_settings {
    max_surge = "33%"
  }

  lifecycle {
    ignore_changes = [node_count, orchestrator_version]
  }
}

# Nodes fetch images with an identity that may do nothing else.
resource "azurerm_role_assignment" "images" {
  scope                = var.registry_id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.this.kubelet_identity[0].object_id
  principal_type       = "ServicePrincipal"
}
