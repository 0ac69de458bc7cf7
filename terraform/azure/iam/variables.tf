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
  description = "Service accounts: the secrets that each reads, and its roles by a name for each, with the id of the thing that it is on."
  type = map(object({
    secrets = optional(set(string), [])
    roles   = optional(map(object({ role = string, scope = string })), {})
  }))

  validation {
    condition     = alltrue(flatten([for one in values(var.workloads) : [for role in values(one.roles) : !contains(["Owner", "Contributor", "User Access Administrator"], role.role)]]))
    error_message = "No service owns what it uses: give it the role for what it does."
  }

  validation {
    condition     = alltrue(flatten([for one in values(var.workloads) : [for secret in one.secrets : contains(keys(var.secret_scopes), secret)]]))
    error_message = "A service reads secrets that are in the vault."
  }
}

variable "secret_scopes" {
  description = "Id of each secret as roles are given on it."
  type        = map(string)
  default     = {}
}

variable "clusters" {
  description = "Id of each cluster, by region."
  type        = map(string)
}

variable "resource_groups" {
  description = "Id of each resource group that Terraform keeps, by a name for it."
  type        = map(string)
}

variable "key_vaults" {
  description = "Id of each vault with keys, by a name for it."
  type        = map(string)
  default     = {}
}

variable "secret_vaults" {
  description = "Id of each vault with secrets, by a name for it."
  type        = map(string)
  default     = {}
}

variable "push_to" {
  description = "Id of the registry that releases are pushed to, by a name for it; empty where another environment has it."
  type        = map(string)
  default     = {}
}

variable "pipeline" {
  description = "Who the pipeline's jobs `deploy` and `terraform` are: the subjects that the issuer vouches for."
  type        = map(set(string))
  default     = {}

  validation {
    condition     = alltrue([for job in keys(var.pipeline) : contains(["deploy", "terraform"], job)])
    error_message = "The pipeline's jobs are deploy and terraform."
  }

  validation {
    condition     = alltrue(flatten([for subjects in values(var.pipeline) : [for subject in subjects : !strcontains(subject, "*") && length(split(":", subject)) >= 4]]))
    error_message = "A subject names one repository and one environment, without a star."
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
