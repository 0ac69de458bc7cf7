# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "name" {
  description = "The cluster's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,39}$", var.name))
    error_message = "A cluster's name is lower-case letters, digits and dashes, 40 characters at most."
  }
}

variable "kubernetes_version" {
  description = "The version of Kubernetes, as 1.33."
  type        = string

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "A version of Kubernetes is written 1.33."
  }
}

variable "subnet_ids" {
  description = "The private subnets of the control plane's interfaces and of the nodes."
  type        = list(string)
}

variable "node_security_group_id" {
  description = "The security group of the nodes, besides the cluster's own."
  type        = string
}

variable "kms_key_arn" {
  description = "The key that Kubernetes secrets, disks and logs are encrypted with."
  type        = string
}

variable "api_cidrs" {
  description = "Ranges from which the API is reached by the internet; without any only the network reaches it."
  type        = list(string)
  default     = []

  validation {
    condition     = !contains(var.api_cidrs, "0.0.0.0/0")
    error_message = "The API is not for the whole world."
  }
}

variable "administrators" {
  description = "Roles that may do everything in the cluster, by a name for each."
  type        = map(string)
  default     = {}
}

variable "readers" {
  description = "Roles that are in the Kubernetes group `planners`, by a name for each."
  type        = map(string)
  default     = {}
}

variable "nodes" {
  description = "Groups of nodes: their machines, and how many there are."
  type = map(object({
    instance_types = list(string)
    ami_type       = optional(string, "AL2023_ARM_64_STANDARD")
    disk_gib       = optional(number, 50)
    min            = number
    max            = number
  }))

  validation {
    condition     = alltrue([for group in values(var.nodes) : group.max >= group.min && group.min >= 1])
    error_message = "A group has one node at least, and never fewer at most than at least."
  }
}

variable "log_days" {
  description = "How long the control plane's logs are kept."
  type        = number
  default     = 90
}

variable "permissions_boundary" {
  description = "The ARN of the policy that bounds what roles made here may ever do; null for none."
  type        = string
  default     = null
}
