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
  description = "The name of the job."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "A name has at most 63 lower-case letters, digits and dashes, and begins with a letter."
  }
}

variable "description" {
  description = "What it is for."
  type        = string
}

variable "schedule" {
  description = "When, as cron has it."
  type        = string

  validation {
    condition     = length(split(" ", var.schedule)) == 5
    error_message = "A schedule has five fields: minute, hour, day, month, weekday."
  }
}

variable "time_zone" {
  description = "The time zone of the schedule."
  type        = string
  default     = "Etc/UTC"
}

variable "method" {
  description = "The method of the call."
  type        = string
  default     = "POST"

  validation {
    condition     = contains(["POST", "PATCH", "PUT", "DELETE", "GET"], var.method)
    error_message = "The method is POST, PATCH, PUT, DELETE or GET."
  }
}

variable "uri" {
  description = "The address that is called."
  type        = string

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+\\.googleapis\\.com/", var.uri))
    error_message = "The account's token is for Google's APIs only."
  }
}

variable "body" {
  description = "What is sent, as JSON."
  type        = any
  default     = null
}

variable "service_account" {
  description = "The account that calls."
  type        = string
}
