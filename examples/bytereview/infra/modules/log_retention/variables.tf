# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "retention_days" {
  description = "For how many days logs are kept. The first 30 cost nothing."
  type        = number
  default     = 30

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 3650
    error_message = "Logs are kept for 1 to 3650 days."
  }
}

variable "exclusions" {
  description = "The paths of Cloud Run services whose successful requests are not kept, by name. A path may end in *."
  type        = map(object({ service = string, paths = list(string) }))
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.exclusions) : can(regex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$", name))])
    error_message = "An exclusion's name has at most 100 letters, digits and ._-."
  }

  validation {
    condition     = alltrue([for one in values(var.exclusions) : can(regex("^[a-z][a-z0-9-]*$", one.service))])
    error_message = "A service's name has lower-case letters, digits and dashes."
  }

  validation {
    condition     = alltrue(flatten([for one in values(var.exclusions) : [for path in one.paths : startswith(path, "/")]]))
    error_message = "A path begins with a slash."
  }
}
