variable "cluster_id" {
  description = "Id of the cluster that the machines belong to."
  type        = string
}

variable "subnets" {
  description = "Id of the private subnet in each zone."
  type        = map(string)
}

variable "pools" {
  description = "Machines by the name of their pool: their size, how many in each zone at least and at most, and taints that keep other pods away, for a workload with bigger machines of its own."
  type = map(object({
    size         = string
    min_per_zone = number
    max_per_zone = number
    taints       = optional(list(string), [])
  }))

  validation {
    condition     = length(var.pools) > 0 && alltrue([for name in keys(var.pools) : can(regex("^[a-z][a-z0-9]{0,10}$", name))])
    error_message = "There is a pool, and a pool's name is 1 to 11 lower-case letters and digits: AKS takes 12, and the zone follows it."
  }

  validation {
    condition     = alltrue([for pool in values(var.pools) : pool.min_per_zone >= 0 && pool.max_per_zone >= max(pool.min_per_zone, 1) && pool.max_per_zone <= 300])
    error_message = "A pool has at most 300 nodes in a zone, and at least not more than at most."
  }

  validation {
    condition     = alltrue(flatten([for pool in values(var.pools) : [for taint in pool.taints : can(regex("^[a-z0-9./-]+=[A-Za-z0-9._-]+:(NoSchedule|PreferNoSchedule|NoExecute)$", taint))]]))
    error_message = "A taint is written workload=heavy:NoSchedule."
  }
}

variable "tags" {
  description = "Tags on everything that takes them."
  type        = map(string)
  default     = {}
}
