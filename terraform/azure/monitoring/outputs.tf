output "workspace_id" {
  description = "Id of the logs."
  value       = azurerm_log_analytics_workspace.this.id
}

output "action_group_id" {
  description = "Id of the group of people that is told."
  value       = azurerm_monitor_action_group.this.id
}
