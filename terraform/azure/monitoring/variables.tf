variable "name" {
  description = "Name that everything here is named after."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,47}[a-z0-9]$", var.name))
    error_message = "The name is 4 to 49 lower-case letters, digits and dashes, begins with a letter and ends with no dash."
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

variable "log_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 90

  validation {
    condition     = var.log_days >= 30 && var.log_days <= 730
    error_message = "Logs are kept 30 to 730 days."
  }
}

variable "emails" {
  description = "Who is told."
  type        = set(string)

  validation {
    condition     = length(var.emails) > 0 && alltrue([for email in var.emails : can(regex("^[^@ ]+@[^@ ]+$", email))])
    error_message = "An alert that nobody is told of is none: name an address."
  }
}

variable "clusters" {
  description = "Id of each cluster, by region."
  type        = map(string)
}

variable "vaults" {
  description = "Id of each vault, by a name for it."
  type        = map(string)
}

variable "registries" {
  description = "Id of each registry, by a name for it."
  type        = map(string)
  default     = {}
}

variable "databases" {
  description = "Databases by name: id, connections that they take, ids of their replicas, and how many seconds these may be behind."
  type = map(object({
    id              = string
    max_connections = number
    replica_ids     = optional(map(string), {})
    lag_seconds     = optional(number, 30)
  }))
  default = {}
}

variable "uptime" {
  description = "Addresses that have to answer from outside, by name."
  type        = map(object({ url = string, timeout_seconds = number }))
  default     = {}

  validation {
    condition     = alltrue([for check in values(var.uptime) : startswith(check.url, "https://") && contains([30, 60, 90, 120], check.timeout_seconds)])
    error_message = "What is asked for begins with https://, and Azure waits 30, 60, 90 or 120 seconds."
  }
}

variable "uptime_locations" {
  description = "Where Azure asks from."
  type        = list(string)
  default     = ["emea-nl-ams-azr", "emea-gb-db3-azr", "emea-fr-pra-edge", "us-va-ash-azr", "apac-sg-sin-azr"]

  validation {
    condition     = length(var.uptime_locations) >= 3
    error_message = "Two places may be wrong: ask from three at least."
  }
}

variable "budget" {
  description = "What may be spent in a month in the account's currency, and the percentages at which somebody is told."
  type        = object({ monthly = number, alert_at = set(number) })
  default     = null

  validation {
    condition     = var.budget == null ? true : var.budget.monthly > 0 && length(var.budget.alert_at) > 0 && length(var.budget.alert_at) <= 5
    error_message = "A budget is more than nothing, and tells at one to five percentages."
  }
}

variable "resource_groups" {
  description = "Id of each resource group that the budget counts, by region."
  type        = map(string)
  default     = {}
}
