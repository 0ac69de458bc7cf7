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

variable "account_id" {
  description = "The name of the account that stops and starts."
  type        = string
  default     = "off-hours"
}

variable "instances" {
  description = "The names of the instances, by any name."
  type        = map(string)
}

variable "stop" {
  description = "When they are stopped, as cron has it."
  type        = string
}

variable "start" {
  description = "When they are started, as cron has it."
  type        = string
}

variable "time_zone" {
  description = "The time zone of both."
  type        = string
  default     = "Etc/UTC"
}
