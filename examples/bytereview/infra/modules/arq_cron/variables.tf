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
    condition     = can(regex("^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$", var.name))
    error_message = "A name has at most 49 lower-case letters, digits and dashes, and begins with a letter."
  }
}

variable "schedule" {
  description = "When it runs, as cron has it."
  type        = string
}

variable "time_zone" {
  description = "The time zone of the schedule."
  type        = string
  default     = "Etc/UTC"
}

variable "account_id" {
  description = "The name of the account that it runs as. Usually the name with -run after it."
  type        = string
  default     = null
}

variable "image" {
  description = "The image of the very first revision. Releases set it from then on."
  type        = string
  default     = "us-docker.pkg.dev/cloudrun/container/job"
}

variable "cpu" {
  description = "How many processors an instance has."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2, 4, 6, 8], var.cpu)
    error_message = "A job of Cloud Run has 1, 2, 4, 6 or 8 processors."
  }
}

variable "memory" {
  description = "How much memory an instance has."
  type        = string
  default     = "512Mi"

  validation {
    condition     = can(regex("^[0-9]+(Mi|Gi)$", var.memory))
    error_message = "Memory is written as 512Mi is."
  }
}

variable "network" {
  description = "The network and the subnet that it enters to reach private addresses."
  type        = object({ id = string, subnet = string })
}

variable "environment" {
  description = "Environment variables."
  type        = map(string)
  default     = {}
}

variable "secrets" {
  description = "Environment variables that come from Secret Manager: the id of the secret by the name of the variable."
  type        = map(string)
  default     = {}
}

variable "access" {
  description = "What it may use, and in which roles, each on the very thing."
  type = object({
    databases = optional(map(string), {})
    buckets   = optional(map(object({ name = string, roles = set(string) })), {})
    keys      = optional(map(object({ id = string, roles = set(string) })), {})
    topics    = optional(map(object({ id = string, roles = set(string) })), {})
  })
  default = {}
}

variable "args" {
  description = "Arguments of the image's command."
  type        = list(string)
  default     = []
}

variable "starter_account_id" {
  description = "The name of the account that starts it. Usually the name with -start after it."
  type        = string
  default     = null
}

variable "timeout_seconds" {
  description = "How long a run may take."
  type        = number
  default     = 3600
}

variable "retries" {
  description = "How often a run that failed is tried again."
  type        = number
  default     = 3
}

variable "only_signed" {
  description = "Whether the project's Binary Authorization policy decides which images may run."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete it."
  type        = bool
  default     = true
}
