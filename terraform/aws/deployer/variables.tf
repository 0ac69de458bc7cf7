variable "repository" {
  description = "The repository on GitHub whose workflows may take the roles, as owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))
    error_message = "A repository is written owner/name, without wildcards."
  }
}

variable "roles" {
  description = "The roles: the environment on GitHub that a job has to run in, whose reviewers stand before the role, and what the role may do: AWS's policies, those of this account, and what they leave out."
  type = map(object({
    name         = string
    environment  = string
    policies     = optional(set(string), [])
    own_policies = optional(map(string), {})
    permissions = optional(map(object({
      actions   = list(string)
      resources = list(string)
      condition = optional(map(map(list(string))))
    })), {})
  }))

  validation {
    condition     = alltrue([for role in values(var.roles) : can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", role.name))])
    error_message = "A role's name is 64 characters at most, letters, digits and +=,.@_-."
  }

  validation {
    condition     = alltrue([for role in values(var.roles) : can(regex("^[A-Za-z0-9_-]{1,255}$", role.environment))])
    error_message = "An environment is letters, digits, dashes and underscores, without wildcards."
  }

  validation {
    condition     = alltrue([for role in values(var.roles) : !contains(role.policies, "AdministratorAccess")])
    error_message = "No workflow is an administrator."
  }

  validation {
    condition     = alltrue(flatten([for role in values(var.roles) : [for one in values(role.permissions) : [for action in one.actions : !endswith(action, "*")]]]))
    error_message = "Name each action: a workflow is allowed no wildcard."
  }
}

variable "permissions_boundary" {
  description = "The ARN of the policy that bounds what the roles, and those that they make, may ever do."
  type        = string
}
