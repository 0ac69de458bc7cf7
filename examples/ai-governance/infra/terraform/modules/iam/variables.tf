# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "cluster_name" {
  description = "The cluster whose service accounts get the roles."
  type        = string
}

variable "workloads" {
  description = "Service accounts and what they may do in AWS, by the end of the role's name."
  type = map(object({
    namespace       = string
    service_account = string
    permissions = map(object({
      actions   = list(string)
      resources = list(string)
      condition = optional(map(map(list(string))))
    }))
  }))

  validation {
    condition     = alltrue([for name in keys(var.workloads) : can(regex("^[a-z][a-z0-9-]{0,23}$", name))])
    error_message = "The end of a role's name is lower-case letters, digits and dashes, 24 at most: with the cluster's it has to fit into 64."
  }

  validation {
    condition     = alltrue(flatten([for one in values(var.workloads) : [for permission in values(one.permissions) : [for action in permission.actions : !endswith(action, "*")]]]))
    error_message = "Name each action: a workload is allowed no wildcard."
  }

  validation {
    condition     = alltrue(flatten([for one in values(var.workloads) : [for permission in values(one.permissions) : !contains(permission.resources, "*")]]))
    error_message = "Name the resources: a workload is allowed nothing on all of them."
  }
}

variable "permissions_boundary" {
  description = "The ARN of the policy that bounds what roles made here may ever do; null for none."
  type        = string
  default     = null
}
