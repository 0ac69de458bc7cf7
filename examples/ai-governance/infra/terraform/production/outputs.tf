# Written by Gantry from the spec: change that, and run `gantry synth`.

output "cluster_name" {
  description = "The cluster."
  value       = module.cluster.name
}

output "addresses" {
  description = "What the product's host names lead to."
  value       = module.load_balancer.addresses
}

output "cluster_name_standby" {
  description = "The cluster of the region that stands by."
  value       = module.cluster_standby.name
}

output "addresses_standby" {
  description = "What they lead to after a cut-over."
  value       = module.load_balancer_standby.addresses
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

output "db_replica_hosts" {
  description = "Where the replicas of db answer."
  value       = module.db.replica_hosts
}

output "backups_bucket" {
  description = "The bucket that dumps and copies go to."
  value       = module.backups.name
}

output "backups_bucket_standby" {
  description = "Its copy in the other region."
  value       = module.backups_standby.name
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

output "db_standby_identifier" {
  description = "The replica of db that is promoted when the first region is lost."
  value       = module.db_standby.identifier
}

output "minio_standby_certificate" {
  description = "What cert-manager is told about MinIO in the second region: `terraform output -raw minio_standby_certificate | kubectl apply -f -`."
  value       = module.minio_standby.certificate
}
