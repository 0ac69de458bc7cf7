# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "name" {
  description = "The name of the topic."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9._~+%-]{2,246}$", var.name)) && !startswith(var.name, "goog")
    error_message = "A topic's name has 3 to 247 letters, digits and ._~+%-, and does not begin with goog."
  }
}

variable "keep_seconds" {
  description = "How long messages can be read again."
  type        = number
  default     = 604800

  validation {
    condition     = var.keep_seconds >= 600 && var.keep_seconds <= 2678400
    error_message = "Pub/Sub keeps messages for 10 minutes to 31 days."
  }
}

variable "subscriptions" {
  description = "The names of the subscriptions."
  type        = set(string)
  default     = []
}

variable "tries" {
  description = "How often a message is tried before it is kept aside."
  type        = number
  default     = 5

  validation {
    condition     = var.tries >= 5 && var.tries <= 100
    error_message = "Pub/Sub tries 5 to 100 times."
  }
}
