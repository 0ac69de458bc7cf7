output "workspace_id" {
  description = "Id of the logs."
  value       = azurerm_log_analytics_workspace.this.id
}

output "action_group_ids" {
  description = "Id of each group of people that is told."
  value       = local.actions
}
