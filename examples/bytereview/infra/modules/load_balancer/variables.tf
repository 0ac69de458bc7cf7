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
  description = "The name of the address and of all that belongs to it."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.name))
    error_message = "A name has at most 40 lower-case letters, digits and dashes, and begins with a letter."
  }
}

variable "services" {
  description = "The names of the Cloud Run services, by any name."
  type        = map(string)
}

variable "hosts" {
  description = "For each domain, which service answers, and which answers at certain paths."
  type        = map(object({ service = string, paths = optional(map(string), {}) }))

  validation {
    condition     = length(var.hosts) >= 1 && alltrue([for host in keys(var.hosts) : can(regex("^[a-z0-9.-]+\\.[a-z]{2,}$", host))])
    error_message = "A domain is written as app.example.com is."
  }
}

variable "dns_zone" {
  description = "The zone of Cloud DNS that the domains stand in. Null where their records are kept elsewhere. Whoever applies needs roles/dns.admin on its project."
  type        = object({ project = string, name = string })
  default     = null
}
