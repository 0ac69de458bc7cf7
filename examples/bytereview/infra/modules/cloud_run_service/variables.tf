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
  description = "The name of the service."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$", var.name))
    error_message = "A name has at most 49 lower-case letters, digits and dashes, and begins with a letter."
  }
}

variable "account_id" {
  description = "The name of the account that it runs as. Usually the name with -run after it."
  type        = string
  default     = null
}

variable "image" {
  description = "The image of the very first revision. Releases set it from then on."
  type        = string
  default     = "us-docker.pkg.dev/cloudrun/container/hello"
}

variable "cpu" {
  description = "How many processors an instance has."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2, 4, 6, 8], var.cpu)
    error_message = "Cloud Run has 1, 2, 4, 6 or 8 processors for an instance that answers several requests at once."
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

variable "port" {
  description = "The port that the container listens on."
  type        = number
  default     = 8080

  validation {
    condition     = var.port >= 1 && var.port <= 65535
    error_message = "A port is a number from 1 to 65535."
  }
}

variable "min_instances" {
  description = "How many instances there are when nothing happens."
  type        = number
  default     = 0
}

variable "max_instances" {
  description = "How many instances there are at most."
  type        = number
  default     = 10

  validation {
    condition     = var.max_instances >= 1
    error_message = "A service has one instance at least when it is needed."
  }
}

variable "concurrency" {
  description = "How many requests an instance works on at once."
  type        = number
  default     = 80
}

variable "timeout_seconds" {
  description = "How long a request may take."
  type        = number
  default     = 300
}

variable "always_on_cpu" {
  description = "Whether an instance works between requests too, as one that takes jobs from a queue does."
  type        = bool
  default     = false
}

variable "ready_path" {
  description = "The path that answers once the container can work."
  type        = string
}

variable "health" {
  description = "The path that answers while the container lives, and how often it is asked."
  type = object({
    path            = string
    every_seconds   = optional(number, 10)
    timeout_seconds = optional(number, 5)
    failures        = optional(number, 3)
  })
}

variable "public" {
  description = "Whether anybody may call it."
  type        = bool
  default     = false
}

variable "ingress" {
  description = "From where it can be called at all."
  type        = string
  default     = "INGRESS_TRAFFIC_ALL"

  validation {
    condition     = contains(["INGRESS_TRAFFIC_ALL", "INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"], var.ingress)
    error_message = "Ingress is one of Cloud Run's three."
  }
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

variable "previewers" {
  description = "Who may make revisions of it to show pull requests, by any name."
  type        = map(string)
  default     = {}
}
