# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "region" {
  description = "The region, such as us-central1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "A region is written as us-central1 is."
  }
}

variable "name" {
  description = "The name of the network and of its subnet."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.name))
    error_message = "A name has at most 40 lower-case letters, digits and dashes, and begins with a letter."
  }
}

variable "ip_range" {
  description = "The subnet's addresses."
  type        = string
  default     = "10.128.0.0/20"

  validation {
    condition     = can(cidrhost(var.ip_range, 0))
    error_message = "Addresses are written as 10.128.0.0/20 is."
  }
}

variable "connector" {
  description = "A serverless connector, for services that cannot enter the network directly. It has two instances at least, always."
  type = object({
    name          = string
    ip_range      = string
    machine_type  = optional(string, "e2-micro")
    min_instances = optional(number, 2)
    max_instances = optional(number, 3)
  })
  default = null

  validation {
    condition     = var.connector == null || can(regex("^[a-z][a-z0-9-]{0,23}[a-z0-9]$", var.connector.name))
    error_message = "A connector's name has at most 25 lower-case letters, digits and dashes."
  }
}

variable "nat" {
  description = "Whether machines without public addresses may reach the internet."
  type        = bool
  default     = false
}
