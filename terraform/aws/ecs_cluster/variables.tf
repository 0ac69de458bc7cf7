variable "name" {
  description = "The cluster's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,39}$", var.name))
    error_message = "A cluster's name is lower-case letters, digits and dashes, 40 characters at most."
  }
}

variable "vpc_id" {
  description = "The network in which its services find each other by name."
  type        = string
}

variable "blue_green" {
  description = "Whether CodeDeploy moves traffic between blue and green."
  type        = bool
  default     = false
}

variable "permissions_boundary" {
  description = "The ARN of the policy that bounds what roles made here may ever do; null for none."
  type        = string
  default     = null
}
