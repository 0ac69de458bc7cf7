# Written by Gantry from the spec: change that, and run `gantry synth`.

output "host" {
  description = "Where clients begin: the configuration endpoint of a cluster, otherwise the primary."
  value       = local.clustered ? aws_elasticache_replication_group.this.configuration_endpoint_address : aws_elasticache_replication_group.this.primary_endpoint_address
}

output "port" {
  description = "The port of every node."
  value       = aws_elasticache_replication_group.this.port
}

output "url" {
  description = "The address as clients take it. It is only spoken to by TLS."
  value       = "rediss://${local.clustered ? aws_elasticache_replication_group.this.configuration_endpoint_address : aws_elasticache_replication_group.this.primary_endpoint_address}:${aws_elasticache_replication_group.this.port}"
}

output "first_node_id" {
  description = "The node whose metrics stand for the others."
  value       = local.clustered ? "${var.name}-0001-001" : "${var.name}-001"
}
