output "vault_id" {
  description = "The vault's id."
  value       = azurerm_key_vault.this.id
}

output "vault_uri" {
  description = "Address of the vault."
  value       = azurerm_key_vault.this.vault_uri
}

output "scopes" {
  description = "Id of each secret as roles are given on it."
  value       = { for name, secret in azurerm_key_vault_secret.this : name => secret.resource_versionless_id }
}

output "generated" {
  description = "First value of each secret that was made up."
  value       = { for name, password in random_password.this : name => password.result }
  sensitive   = true
}
