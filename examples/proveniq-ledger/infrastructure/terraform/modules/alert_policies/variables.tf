# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "alerts" {
  description = "What is watched: a PromQL expression with its own threshold, for how long it has to hold, and who is told."
  type = list(object({
    name          = string
    query         = string
    severity      = string
    channels      = list(string)
    for_seconds   = optional(number, 0)
    every_seconds = optional(number, 30)
    means         = optional(string)
  }))

  validation {
    condition     = alltrue([for one in var.alerts : contains(["critical", "high", "warning", "medium", "info"], one.severity)])
    error_message = "An alert is critical, high, warning, medium or info."
  }

  validation {
    condition     = length(distinct([for one in var.alerts : one.name])) == length(var.alerts)
    error_message = "No two alerts have the same name."
  }
}

variable "channels" {
  description = "The ids of the notification channels, by name."
  type        = map(string)
}
