variable "name" {
  description = "The load balancer's name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9-]{0,25}[A-Za-z0-9])?$", var.name))
    error_message = "The name is letters, digits and dashes, 27 at most: with a port behind it, it is a target group's."
  }
}

variable "vpc_id" {
  description = "The network of the nodes."
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

variable "ports" {
  description = "The ports that it answers on, and the node port of the ingress controller behind each."
  type        = map(number)

  validation {
    condition     = alltrue([for port, node in var.ports : contains(["80", "443"], port) && node >= 30000 && node <= 32767])
    error_message = "It answers on 80 and 443; node ports are 30000 to 32767."
  }
}

variable "autoscaling_groups" {
  description = "The autoscaling groups of the nodes, by the name of their group."
  type        = map(string)
}

variable "deletion_protection" {
  description = "Whether it has to be unlocked before it can be deleted."
  type        = bool
  default     = true
}
