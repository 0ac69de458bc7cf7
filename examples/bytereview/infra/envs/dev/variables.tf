# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project's id, br-dev-<id>: chosen at set-up."
  type        = string

  validation {
    condition     = can(regex("^br-dev-[a-z0-9-]+$", var.project))
    error_message = "The project is named br-dev-<id>."
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

variable "services" {
  description = "The size of each service, and between how many instances it scales."
  type = map(object({
    cpu           = number
    memory        = string
    min_instances = optional(number, 0)
    max_instances = optional(number, 1)
  }))
}

variable "log_level" {
  description = "From which level on services log."
  type        = string
}

variable "trace_sample" {
  description = "The share of requests that are traced, from 0 to 1."
  type        = number

  validation {
    condition     = var.trace_sample >= 0 && var.trace_sample <= 1
    error_message = "A share is a number from 0 to 1."
  }
}

variable "dns_zone" {
  description = "The zone of Cloud DNS that the domains stand in. Null where their records are kept elsewhere. Whoever applies needs roles/dns.admin on its project, and whoever plans roles/dns.reader."
  type        = object({ project = string, name = string })
  default     = null
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

variable "workspace" {
  description = "The project whose monitoring shows this one too. Pipelines are let in there where the bucket of the states is made."
  type        = string
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
