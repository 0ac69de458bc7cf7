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

output "node_ids" {
  description = "Every node, by the name that its metrics have: one that is full says nothing of the others."
  value = flatten([
    for shard in range(1, coalesce(var.shards, 1) + 1) : [
      for node in range(1, var.replicas + 2) :
      local.clustered ? format("%s-%04d-%03d", var.name, shard, node) : format("%s-%03d", var.name, node)
    ]
  ])
}
