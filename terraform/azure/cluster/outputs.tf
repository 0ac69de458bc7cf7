output "id" {
  description = "The cluster's id."
  value       = azurerm_kubernetes_cluster.this.id
}

output "name" {
  description = "The cluster's name."
  value       = azurerm_kubernetes_cluster.this.name
}

output "host" {
  description = "Address of the cluster's API."
  value       = azurerm_kubernetes_cluster.this.kube_config[0].host
  sensitive   = true
}

output "ca_certificate" {
  description = "Certificate that the API is known by, as base64."
  value       = azurerm_kubernetes_cluster.this.kube_config[0].cluster_ca_certificate
  sensitive   = true
}

output "oidc_issuer_url" {
  description = "Who vouches for the cluster's service accounts."
  value       = azurerm_kubernetes_cluster.this.oidc_issuer_url
}

output "identity_principal_id" {
  description = "The identity that the cluster itself acts with."
  value       = azurerm_user_assigned_identity.this.principal_id
}
