# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "name" {
  description = "What the roles begin with, and the boundary is named after."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,52}$", var.name))
    error_message = "The name is 52 characters at most, letters, digits and +=,.@_-."
  }
}

variable "account_id" {
  description = "The account that the roles are in."
  type        = string
}

variable "deployers" {
  description = "The names of the roles that deploy and plan: a person changes them, and they do not change themselves."
  type        = set(string)
}

variable "more_role_names" {
  description = "Names of roles that begin otherwise, and that whoever deploys makes too."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.more_role_names : can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", name))])
    error_message = "Name each role, without wildcards."
  }
}
