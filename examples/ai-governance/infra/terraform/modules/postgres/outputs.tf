# Written by Gantry from the spec: change that, and run `gantry synth`.

output "identifier" {
  description = "The instance's identifier."
  value       = aws_db_instance.this.identifier
}

output "arn" {
  description = "The instance's ARN, as a replica in another region names its source."
  value       = aws_db_instance.this.arn
}

output "resource_id" {
  description = "What IAM calls the instance when it lets somebody connect."
  value       = aws_db_instance.this.resource_id
}

output "host" {
  description = "Where the instance answers."
  value       = aws_db_instance.this.address
}

output "port" {
  description = "The port of the instance and its replicas."
  value       = aws_db_instance.this.port
}

output "replica_hosts" {
  description = "Where the replicas answer, by name."
  value       = { for name, replica in aws_db_instance.replica : name => replica.address }
}

output "replica_identifiers" {
  description = "The replicas' identifiers, by name."
  value       = { for name, replica in aws_db_instance.replica : name => replica.identifier }
}

output "master_secret_arn" {
  description = "The secret with the master user's name and password."
  value       = aws_secretsmanager_secret.master.arn
}
