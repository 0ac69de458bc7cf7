# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "billing_account" {
  description = "The billing account that pays for the project."
  type        = string

  validation {
    condition     = can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "A billing account is written as 012345-6789AB-CDEF01 is."
  }
}

variable "name" {
  description = "The name of the budget."
  type        = string
}

variable "monthly_usd" {
  description = "The amount for a month, in whole US dollars."
  type        = number

  validation {
    condition     = var.monthly_usd >= 1 && floor(var.monthly_usd) == var.monthly_usd
    error_message = "A budget is in whole dollars."
  }
}

variable "alert_at" {
  description = "The shares of it at which somebody is told: 0.5 is half."
  type        = list(number)
  default     = [0.5, 0.9, 1.0]
}

variable "channels" {
  description = "The notification channels that are told. A budget writes emails only."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.channels) <= 5
    error_message = "A budget tells five channels at most."
  }
}

variable "topic" {
  description = "The name of the topic that is told the cost so far. Null for none."
  type        = string
  default     = null
}
