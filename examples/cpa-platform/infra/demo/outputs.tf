# Written by Gantry from the spec: change that, and run `gantry synth`.

output "url" {
  description = "Where the product answers."
  value       = "https://${var.domain}"
}

output "name_servers" {
  description = "What the NS record of the domain names, in the zone above it."
  value       = module.dns.name_servers
}

output "assets_url" {
  description = "Where browsers fetch static assets."
  value       = "https://assets.${var.domain}"
}

output "repository_urls" {
  description = "Where images are pushed to."
  value       = module.registry.urls
}

output "cluster_name" {
  description = "The cluster that releases go to."
  value       = module.cluster.name
}

output "task_families" {
  description = "The families that releases register task definitions in, by service."
  value = {
    backend         = module.backend.task_family
    frontend        = module.frontend.task_family
    temporal-worker = module.temporal_worker.task_family
  }
}

output "service_subnet_ids" {
  description = "Where a task that runs once, such as a migration, runs too."
  value       = module.network.private_subnet_ids
}

output "security_group_ids" {
  description = "The security groups, by what they are for."
  value       = module.firewall.group_ids
}

output "postgres_host" {
  description = "Where postgres answers, inside the network."
  value       = module.postgres.host
}

output "postgres_master_secret_arn" {
  description = "The master user of postgres, in Secrets Manager."
  value       = module.postgres.master_secret_arn
}

output "documents_bucket" {
  description = "The bucket documents."
  value       = module.documents.name
}

output "secret_arns" {
  description = "The places of the secrets, by name. People and rotations fill them."
  value       = module.secrets.arns
}

output "deployer_role_arns" {
  description = "The roles that workflows take."
  value       = module.deployer.role_arns
}

output "alarm_topic_arn" {
  description = "The topic that alarms are told to."
  value       = module.monitoring.topic_arn
}
