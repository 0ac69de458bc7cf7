output "id" {
  description = "The account's id."
  value       = azurerm_storage_account.this.id
}

output "name" {
  description = "The account's name."
  value       = azurerm_storage_account.this.name
}

output "url" {
  description = "Address of the account's blobs."
  value       = azurerm_storage_account.this.primary_blob_endpoint
}

output "access_key" {
  description = "The account's key, for MinIO alone."
  value       = azurerm_storage_account.this.primary_access_key
  sensitive   = true
}

output "container_scopes" {
  description = "Id of each container as roles are given on it."
  value       = { for name in keys(var.containers) : name => "${azurerm_storage_account.this.id}/blobServices/default/containers/${name}" }
  depends_on  = [azurerm_storage_container.this]
}
