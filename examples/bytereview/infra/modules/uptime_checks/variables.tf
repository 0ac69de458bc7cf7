# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "checks" {
  description = "What is asked from outside, how often, and who is told when it does not answer."
  type = map(object({
    url             = string
    path            = string
    channels        = list(string)
    every_seconds   = optional(number, 60)
    timeout_seconds = optional(number, 10)
  }))

  validation {
    condition     = alltrue([for one in values(var.checks) : contains([60, 300, 600, 900], one.every_seconds)])
    error_message = "Google asks every 60, 300, 600 or 900 seconds."
  }
}
