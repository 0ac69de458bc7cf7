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
  description = "The name of the instance."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.name))
    error_message = "A name has at most 40 lower-case letters, digits and dashes, and begins with a letter."
  }
}

variable "redis_version" {
  description = "The version, such as REDIS_7_0."
  type        = string

  validation {
    condition     = can(regex("^REDIS_[0-9]_[0-9X]$", var.redis_version))
    error_message = "A version is written as REDIS_7_0 is."
  }
}

variable "tier" {
  description = "BASIC has one node, STANDARD_HA a second in another zone."
  type        = string

  validation {
    condition     = contains(["BASIC", "STANDARD_HA"], var.tier)
    error_message = "The tier is BASIC or STANDARD_HA."
  }
}

variable "memory_gb" {
  description = "How much it holds."
  type        = number

  validation {
    condition     = var.memory_gb >= 1 && floor(var.memory_gb) == var.memory_gb
    error_message = "Memorystore has whole gigabytes, one at least."
  }
}

variable "network" {
  description = "The network that it gets its address in, once private services can be reached in it."
  type        = string
}

variable "encrypted" {
  description = "Whether clients speak TLS to it."
  type        = bool
  default     = true
}

variable "configs" {
  description = "Settings of Redis. A queue's jobs are not to be thrown away when memory is short."
  type        = map(string)
  default     = { "maxmemory-policy" = "noeviction" }
}
