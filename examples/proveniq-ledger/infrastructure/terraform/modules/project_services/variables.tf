# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "services" {
  description = "The APIs, such as run.googleapis.com."
  type        = set(string)

  validation {
    condition     = alltrue([for one in var.services : endswith(one, ".googleapis.com")])
    error_message = "An API is named as run.googleapis.com is."
  }
}
