# Written by Gantry from the spec: change that, and run `gantry synth`.

output "cluster_name" {
  description = "The cluster."
  value       = module.cluster.name
}

output "addresses" {
  description = "What the product's host names lead to."
  value       = module.load_balancer.addresses
}

output "name_servers" {
  description = "What the NS record of the domain names, in the zone above it."
  value       = module.dns.name_servers
}

output "db_host" {
  description = "Where db answers, inside the network."
  value       = module.db.host
}

output "db_master_secret_arn" {
  description = "The master user of db, in Secrets Manager."
  value       = module.db.master_secret_arn
}

output "backups_bucket" {
  description = "The bucket that dumps and copies go to."
  value       = module.backups.name
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

output "minio_certificate" {
  description = "What cert-manager is told about MinIO: `terraform output -raw minio_certificate | kubectl apply -f -`."
  value       = module.minio.certificate
}
