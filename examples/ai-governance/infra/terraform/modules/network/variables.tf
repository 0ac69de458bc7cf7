# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "name" {
  description = "What the network and everything in it is named after."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,39}$", var.name))
    error_message = "A network's name is lower-case letters, digits and dashes, 40 characters at most."
  }
}

variable "region" {
  description = "The region that the endpoints of services are in."
  type        = string
}

variable "cidr" {
  description = "The range of the whole network; each subnet is a sixteenth of it."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 22, false)
    error_message = "The range is written 10.0.0.0/16, and is a /16 to a /22."
  }
}

variable "availability_zones" {
  description = "The zones that subnets are in: one public and one private subnet in each."
  type        = list(string)

  validation {
    condition     = length(var.availability_zones) >= 2 && length(var.availability_zones) <= 6 && length(distinct(var.availability_zones)) == length(var.availability_zones)
    error_message = "Two to six zones, each once: load balancers and databases want at least two."
  }
}

variable "nat_in_each_zone" {
  description = "A NAT gateway in each zone, so that losing a zone cuts nobody else off. One for all is cheaper."
  type        = bool
  default     = true
}

variable "interface_endpoints" {
  description = "AWS services that are reached without leaving the network, as `secretsmanager`."
  type        = set(string)
  default     = ["ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager"]
}

variable "flow_log_days" {
  description = "How long records of connections are kept."
  type        = number
  default     = 90
}

variable "kms_key_arn" {
  description = "The key that flow logs are encrypted with."
  type        = string
}

variable "permissions_boundary" {
  description = "The ARN of the policy that bounds what roles made here may ever do; null for none."
  type        = string
  default     = null
}
