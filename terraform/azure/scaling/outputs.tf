output "pools" {
  description = "Names of the pools, one in each zone."
  value       = keys(azurerm_kubernetes_cluster_node_pool.this)
}
