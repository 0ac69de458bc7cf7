# Written by Gantry from the spec: change that, and run `gantry synth`.

# Redis on ElastiCache, reached by TLS from inside the network only: as one node group, or as a cluster of shards.

locals {
  clustered = var.shards != null
  family    = startswith(var.engine_version, "6") ? "redis6.x" : "redis7"
}

resource "aws_elasticache_subnet_group" "this" {
  name        = var.name
  description = "Private subnets"
  subnet_ids  = var.subnet_ids
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id = var.name
  description          = "Redis of ${var.name}"
  engine               = "redis"
  engine_version       = var.engine_version
  node_type            = var.node_type
  port                 = 6379
  cluster_mode         = local.clustered ? "enabled" : "disabled"
  parameter_group_name = local.clustered ? "default.${local.family}.cluster.on" : "default.${local.family}"

  num_node_groups            = local.clustered ? var.shards : null
  replicas_per_node_group    = local.clustered ? var.replicas : null
  num_cache_clusters         = local.clustered ? null : 1 + var.replicas
  automatic_failover_enabled = local.clustered || var.replicas > 0
  multi_az_enabled           = var.replicas > 0

  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [var.security_group_id]
  transit_encryption_enabled = true
  at_rest_encryption_enabled = true
  kms_key_id                 = var.kms_key_arn

  snapshot_retention_limit = var.snapshot_days
  maintenance_window       = "sun:05:30-sun:06:30"
}
