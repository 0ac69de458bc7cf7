# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project whose workspace they stand in."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "dashboards" {
  description = "The definitions as JSON, by any name."
  type        = map(string)

  validation {
    condition     = alltrue([for one in values(var.dashboards) : can(jsondecode(one).displayName)])
    error_message = "A dashboard is JSON with a displayName."
  }
}

variable "monitored_projects" {
  description = "Other projects whose metrics the workspace shows."
  type        = set(string)
  default     = []
}
