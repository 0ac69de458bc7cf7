variable "name" {
  description = "The role's name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.name))
    error_message = "A role's name is 64 characters at most, letters, digits and +=,.@_-."
  }
}

variable "repository" {
  description = "The repository on GitHub whose workflows may take the role, as owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))
    error_message = "A repository is written owner/name, without wildcards."
  }
}

variable "environment" {
  description = "The environment on GitHub that the job has to run in: its reviewers stand before the role."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.environment))
    error_message = "An environment is letters, digits, dashes and underscores, without wildcards."
  }
}

variable "permissions" {
  description = "What a deployment may do."
  type = map(object({
    actions   = list(string)
    resources = list(string)
    condition = optional(map(map(list(string))))
  }))

  validation {
    condition     = alltrue(flatten([for one in values(var.permissions) : [for action in one.actions : action != "*" && !endswith(action, ":*")]]))
    error_message = "A deployment is not allowed everything of a service: name what it does."
  }
}
