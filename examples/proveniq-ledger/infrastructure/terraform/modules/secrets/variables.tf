# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "names" {
  description = "The names of the secrets."
  type        = set(string)

  validation {
    condition     = alltrue([for one in var.names : can(regex("^[A-Za-z0-9_-]{1,255}$", one))])
    error_message = "A secret's name has at most 255 letters, digits, dashes and underscores."
  }
}
