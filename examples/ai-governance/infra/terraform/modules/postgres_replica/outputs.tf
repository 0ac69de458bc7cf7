# Written by Gantry from the spec: change that, and run `gantry synth`.

output "identifier" {
  description = "The replica's identifier, by which it is promoted."
  value       = aws_db_instance.this.identifier
}

output "host" {
  description = "Where it answers."
  value       = aws_db_instance.this.address
}

output "resource_id" {
  description = "What IAM calls the replica when it lets somebody connect."
  value       = aws_db_instance.this.resource_id
}
