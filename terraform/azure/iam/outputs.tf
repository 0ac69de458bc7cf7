output "workload_client_ids" {
  description = "Client id of each service account's identity, for its annotation azure.workload.identity/client-id."
  value       = { for account, identity in azurerm_user_assigned_identity.workload : account => identity.client_id }
}

output "pipeline_client_ids" {
  description = "Client id of each job's identity, for the pipeline to sign in with."
  value       = { for job, identity in azurerm_user_assigned_identity.pipeline : job => identity.client_id }
}
