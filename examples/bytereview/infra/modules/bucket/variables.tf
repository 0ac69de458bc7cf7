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
  description = "The name of the bucket. No two in the world have the same."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$", var.name)) && !startswith(var.name, "goog") && !strcontains(var.name, "google")
    error_message = "A bucket's name has 3 to 63 lower-case letters, digits, dashes and underscores, and nothing of google in it."
  }
}

variable "replica_regions" {
  description = "The second region that holds a copy."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.replica_regions) <= 1 && alltrue([for one in var.replica_regions : startswith(one, "us-")])
    error_message = "A bucket lies in two regions at most, of the same continent: here the United States."
  }
}

variable "versions_days" {
  description = "For how many days earlier versions are kept. Null for none."
  type        = number
  default     = null
}

variable "life_cycle" {
  description = "What becomes of objects after so many days: NEARLINE, COLDLINE, ARCHIVE or DELETE."
  type        = list(object({ after_days = number, to = string }))
  default     = []

  validation {
    condition     = alltrue([for one in var.life_cycle : contains(["NEARLINE", "COLDLINE", "ARCHIVE", "DELETE"], one.to)])
    error_message = "Objects become NEARLINE, COLDLINE, ARCHIVE, or nothing: DELETE."
  }
}
