# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "name" {
  description = "What the security groups' names begin with."
  type        = string
}

variable "vpc_id" {
  description = "The network that the groups are in."
  type        = string
}

variable "groups" {
  description = "The security groups: what each is for, by name."
  type        = map(string)

  validation {
    condition     = alltrue([for name in keys(var.groups) : can(regex("^[a-z][a-z0-9-]{0,40}$", name)) && name != "world"])
    error_message = "A group's name is lower-case letters, digits and dashes; `world` is everybody."
  }
}

variable "rules" {
  description = "Who may talk to whom: from one group (or `world`) to another, on one port. Nothing else passes."
  type = map(object({
    from = string
    to   = string
    port = number
  }))

  validation {
    condition     = alltrue([for rule in values(var.rules) : rule.from != "world" || contains([80, 443], rule.port)])
    error_message = "The world reaches ports 80 and 443 only: databases and caches are never public."
  }

  validation {
    condition     = alltrue([for rule in values(var.rules) : contains(concat(["world"], keys(var.groups)), rule.from) && contains(keys(var.groups), rule.to)])
    error_message = "A rule leads from a group, or from `world`, to a group."
  }
}

variable "outbound" {
  description = "Ports outside of the network that a group may open connections to, by group."
  type        = map(list(number))
  default     = {}
}
