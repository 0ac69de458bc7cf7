# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "name" {
  description = "The replication group's ID."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,39}$", var.name)) && !endswith(var.name, "-") && !strcontains(var.name, "--")
    error_message = "An ID is lower-case letters, digits and single dashes, 40 characters at most."
  }
}

variable "engine_version" {
  description = "The version of Redis, as 7.1."
  type        = string

  validation {
    condition     = can(regex("^[67]\\.[0-9]+$", var.engine_version))
    error_message = "ElastiCache has Redis 6 and 7; what came after is Valkey."
  }
}

variable "node_type" {
  description = "The size of each node."
  type        = string

  validation {
    condition     = startswith(var.node_type, "cache.")
    error_message = "The type of a node is written cache.r6g.large."
  }
}

variable "shards" {
  description = "Into how many shards the keys are divided; null for one node group without cluster mode."
  type        = number
  default     = null
}

variable "replicas" {
  description = "Replicas of each shard, in other zones."
  type        = number
  default     = 0
}

variable "subnet_ids" {
  description = "The private subnets of the nodes."
  type        = list(string)
}

variable "security_group_id" {
  description = "The security group that says who reaches them."
  type        = string
}

variable "kms_key_arn" {
  description = "The key that disks and snapshots are encrypted with."
  type        = string
}

variable "snapshot_days" {
  description = "How long daily snapshots are kept; 0 for none."
  type        = number
  default     = 0
}
