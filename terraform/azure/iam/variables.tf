variable "name" {
  description = "Name that identities are named after."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,78}[a-z0-9]$", var.name))
    error_message = "The name is 3 to 80 lower-case letters, digits and dashes, begins with a letter and ends with no dash."
  }
}

variable "resource_group_name" {
  description = "Resource group that everything here is put into."
  type        = string
}

variable "location" {
  description = "Region, such as westeurope."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]+$", var.location))
    error_message = "A region is written westeurope, without spaces and capitals."
  }
}

variable "tags" {
  description = "Tags on everything that takes them."
  type        = map(string)
  default     = {}
}

variable "namespace" {
  description = "Namespace of the services in the cluster."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "A namespace is 1 to 63 lower-case letters, digits and dashes."
  }
}

variable "oidc_issuers" {
  description = "Who vouches for service accounts, by cluster."
  type        = map(string)

  validation {
    condition     = alltrue([for name in keys(var.oidc_issuers) : can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$", name))])
    error_message = "The name of a cluster here is 3 to 120 letters, digits, dashes and underscores."
  }
}

variable "workloads" {
  description = "Service accounts, each with its roles: a name for each, the role, and the id of the thing that it is on."
  type        = map(map(object({ role = string, scope = string })))

  validation {
    condition     = alltrue(flatten([for roles in values(var.workloads) : [for role in values(roles) : !contains(["Owner", "Contributor", "User Access Administrator"], role.role)]]))
    error_message = "No service owns what it uses: give it the role for what it does."
  }
}

variable "pipeline_issuer" {
  description = "Who vouches for the pipeline's jobs."
  type        = string
  default     = "https://token.actions.githubusercontent.com"

  validation {
    condition     = startswith(var.pipeline_issuer, "https://")
    error_message = "An issuer is known by its https address."
  }
}

variable "pipeline" {
  description = "Jobs of the pipeline: the subjects that the issuer vouches for, and their roles. A role that gives roles may give those in `may_give`."
  type = map(object({
    subjects = list(string)
    roles    = map(object({ role = string, scope = string, may_give = optional(list(string), []) }))
  }))

  validation {
    condition     = alltrue(flatten([for job in values(var.pipeline) : [for subject in job.subjects : !strcontains(subject, "*") && length(split(":", subject)) >= 3]]))
    error_message = "A subject names one repository and one environment or event, without a star."
  }

  validation {
    condition     = alltrue(flatten([for job in values(var.pipeline) : [for role in values(job.roles) : role.role != "Owner" && (length(role.may_give) > 0 || !contains(["User Access Administrator", "Role Based Access Control Administrator"], role.role))]]))
    error_message = "Nobody is Owner, and whoever gives roles may give those named only."
  }
}
