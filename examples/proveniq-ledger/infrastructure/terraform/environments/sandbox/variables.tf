# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "region" {
  description = "The region that everything lies in."
  type        = string
}

variable "cache" {
  description = "The size of the Redis cache."
  type        = object({ tier = string, memory_gb = number })
}

variable "db" {
  description = "The size of the database db."
  type        = object({ tier = string, high_availability = bool, max_connections = number })
}

variable "alerts" {
  description = "What is watched, as PromQL with its threshold, and which channels are told."
  type = list(object({
    name          = string
    query         = string
    severity      = string
    channels      = list(string)
    for_seconds   = optional(number, 0)
    every_seconds = optional(number, 30)
    means         = optional(string)
  }))
  default = []
}

variable "billing_account" {
  description = "The billing account that pays for the project. Whoever applies needs roles/billing.costsManager on it, and whoever plans roles/billing.viewer."
  type        = string

  validation {
    condition     = can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "A billing account is written as 012345-6789AB-CDEF01 is."
  }
}

variable "budget" {
  description = "What a month may cost in US dollars, and at which shares of it somebody is told."
  type        = object({ monthly_usd = number, alert_at = list(number) })
}
