# Machines that the product's pods run on: a pool in each zone, so that a lost zone takes only its own nodes along. The cluster adds
# and removes nodes as pods need them.

locals {
  pools = merge([
    for name, pool in var.pools : {
      for zone, subnet in var.subnets : "${name}${zone}" => merge(pool, { zone = zone, subnet = subnet, workload = name })
    }
  ]...)
}

resource "azurerm_kubernetes_cluster_node_pool" "this" {
  for_each = local.pools

  name                        = each.key
  kubernetes_cluster_id       = var.cluster_id
  mode                        = "User"
  vm_size                     = each.value.size
  zones                       = [each.value.zone]
  vnet_subnet_id              = each.value.subnet
  auto_scaling_enabled        = true
  min_count                   = each.value.min_per_zone
  max_count                   = each.value.max_per_zone
  node_labels                 = { workload = each.value.workload }
  node_taints                 = each.value.taints
  os_sku                      = "AzureLinux"
  host_encryption_enabled     = true
  temporary_name_for_rotation = "${substr(each.value.workload, 0, 8)}tmp${each.value.zone}"
  tags                        = var.tags

  upgrade_settings {
    max_surge                = "33%"
    drain_timeout_in_minutes = 30
  }

  lifecycle {
    # Set by the autoscaler, and raised by the upgrade channel.
    ignore_changes = [node_count, orchestrator_version]
  }
}
