# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "email" {
  description = "Addresses, by the channel's name."
  type        = map(string)
  default     = {}
}

variable "pagerduty" {
  description = "The ids of the secrets that hold the integration's key, by the channel's name."
  type        = map(string)
  default     = {}
}

variable "slack" {
  description = "The names that the channels were given in the console, by the channel's name."
  type        = map(string)
  default     = {}
}

variable "readers" {
  description = "Who else may read PagerDuty's key, as a plan does, by any name."
  type        = map(string)
  default     = {}
}
