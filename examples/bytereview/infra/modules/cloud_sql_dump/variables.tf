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
  description = "The name of the account that dumps."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,22}[a-z0-9]$", var.account_id))
    error_message = "The account's name has 6 to 24 lower-case letters, digits and dashes."
  }
}

variable "instance" {
  description = "The name of the instance."
  type        = string
}

variable "instance_service_account" {
  description = "The account of the instance, which writes the dump."
  type        = string
}

variable "database" {
  description = "The name of the database."
  type        = string
}

variable "bucket" {
  description = "The bucket that dumps are kept in."
  type        = string
}

variable "schedule" {
  description = "When, as cron has it."
  type        = string
}

variable "time_zone" {
  description = "The time zone of the schedule."
  type        = string
  default     = "Etc/UTC"
}
