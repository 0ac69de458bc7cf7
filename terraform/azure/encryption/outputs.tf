output "vault_id" {
  description = "The vault's id."
  value       = azurerm_key_vault.this.id
}

output "vault_uri" {
  description = "Address of the vault."
  value       = azurerm_key_vault.this.vault_uri
}

output "key_ids" {
  description = "Id of each key as the vault knows it, without a version."
  value       = { for name, key in azurerm_key_vault_key.this : name => key.versionless_id }
}

output "key_scopes" {
  description = "Id of each key as roles are given on it."
  value       = { for name, key in azurerm_key_vault_key.this : name => key.resource_versionless_id }
}

output "data" {
  description = "Key of databases, and the identity that may use it."
  value       = { key_id = azurerm_key_vault_key.this["data"].versionless_id, identity_id = azurerm_user_assigned_identity.data.id }
  depends_on  = [azurerm_role_assignment.data]
}

output "disk_encryption_set_id" {
  description = "What encrypts the disks of the cluster."
  value       = azurerm_disk_encryption_set.this.id
  depends_on  = [azurerm_role_assignment.disks]
}
