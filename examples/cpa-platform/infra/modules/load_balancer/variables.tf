# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "name" {
  description = "The load balancer's name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$", var.name)) && !startswith(var.name, "internal-")
    error_message = "A load balancer's name is letters, digits and dashes, 32 at most, and does not begin with internal-."
  }
}

variable "vpc_id" {
  description = "The network of the targets."
  type        = string
}

variable "subnet_ids" {
  description = "The public subnets that it answers in."
  type        = list(string)
}

variable "security_group_id" {
  description = "The security group that says who reaches it."
  type        = string
}

variable "certificate_arn" {
  description = "The certificate that it answers with."
  type        = string
}

variable "ssl_policy" {
  description = "The versions of TLS and the ciphers that it speaks."
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-2-2021-06"
}

variable "log_bucket" {
  description = "The bucket that takes access logs."
  type        = string
}

variable "targets" {
  description = "The services behind it. Each answers at its hosts and paths; the one without any answers everything else."
  type = map(object({
    name          = string
    port          = number
    health_path   = string
    hosts         = optional(list(string), [])
    paths         = optional(list(string), [])
    drain_seconds = optional(number, 30)
  }))

  validation {
    condition     = alltrue([for target in values(var.targets) : can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,25}$", target.name))])
    error_message = "A target's name has 26 characters at most: with -green behind it, it is a target group's."
  }

  validation {
    condition     = length([for target in values(var.targets) : target if length(target.hosts) + length(target.paths) == 0]) <= 1
    error_message = "One service at most answers what no other does."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : length(target.hosts) + length(target.paths) <= 5])
    error_message = "A rule of the load balancer takes five hosts and paths at most."
  }
}

variable "deletion_protection" {
  description = "Whether it has to be unlocked before it can be deleted."
  type        = bool
  default     = true
}
