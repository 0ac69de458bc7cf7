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
  description = "The name of the instance. A deleted one's name is taken for a week."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,78}[a-z0-9])?$", var.name))
    error_message = "A name has at most 80 lower-case letters, digits and dashes, and begins with a letter."
  }
}

variable "postgres_version" {
  description = "The major version of Postgres."
  type        = number

  validation {
    condition     = var.postgres_version >= 13 && var.postgres_version <= 18
    error_message = "Cloud SQL runs Postgres 13 to 18."
  }
}

variable "tier" {
  description = "The machine, such as db-custom-1-3840."
  type        = string

  validation {
    condition     = can(regex("^db-(custom-[0-9]+-[0-9]+|f1-micro|g1-small|perf-optimized-N-[0-9]+)$", var.tier))
    error_message = "A machine is written as db-custom-1-3840 is."
  }
}

variable "high_availability" {
  description = "Whether a second zone takes over when the first fails."
  type        = bool
  default     = false
}

variable "network" {
  description = "The network that it gets its address in, once private services can be reached in it."
  type        = string
}

variable "max_connections" {
  description = "How many connections it takes at most."
  type        = number
  default     = 100

  validation {
    condition     = var.max_connections >= 14
    error_message = "Cloud SQL needs 14 connections at least."
  }
}

variable "database" {
  description = "The name of the database."
  type        = string
}

variable "user" {
  description = "The name of the user that services connect as."
  type        = string
}

variable "url_secret" {
  description = "The name of the secret that holds the database's whole address."
  type        = string
}

variable "password_version" {
  description = "Raise it to make a new password."
  type        = number
  default     = 1
}

variable "backup" {
  description = "Daily backups, and how far back any second can be restored. Null for data that can be made again."
  type = object({
    pitr_days = number
    retained  = optional(number, 7)
    location  = optional(string, "us")
  })
  default = null

  validation {
    condition     = var.backup == null || try(var.backup.pitr_days >= 1 && var.backup.pitr_days <= 7, false)
    error_message = "Cloud SQL Enterprise keeps logs for 1 to 7 days."
  }
}

variable "deletion_protection" {
  description = "Whether Terraform and the cloud refuse to delete it."
  type        = bool
  default     = true
}
