# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "account_id" {
  description = "The account's name before the @."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.account_id))
    error_message = "An account's name has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "display_name" {
  description = "The account's name for people."
  type        = string
}

variable "access" {
  description = "What it may use, and in which roles, each on the very thing."
  type = object({
    databases = optional(map(string), {})
    buckets   = optional(map(object({ name = string, roles = set(string) })), {})
    keys      = optional(map(object({ id = string, roles = set(string) })), {})
    topics    = optional(map(object({ id = string, roles = set(string) })), {})
  })
  default = {}
}

variable "secrets" {
  description = "The ids of the secrets that it may read, by any name."
  type        = map(string)
  default     = {}
}

variable "project_roles" {
  description = "Roles for which the project is the narrowest place."
  type        = set(string)
  default     = ["roles/cloudtrace.agent", "roles/monitoring.metricWriter"]

  validation {
    condition     = length(setintersection(var.project_roles, ["roles/owner", "roles/editor", "roles/viewer"])) == 0
    error_message = "A service gets no basic role."
  }
}

variable "kubernetes_accounts" {
  description = "The service accounts of Kubernetes that are this one, as namespace/name."
  type        = set(string)
  default     = []
}
