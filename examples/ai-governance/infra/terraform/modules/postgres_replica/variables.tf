# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "identifier" {
  description = "The replica's identifier."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,62}$", var.identifier)) && !endswith(var.identifier, "-") && !strcontains(var.identifier, "--")
    error_message = "An identifier is lower-case letters, digits and single dashes, 63 characters at most."
  }
}

variable "source_arn" {
  description = "The instance that it follows, in another region."
  type        = string
}

variable "instance_class" {
  description = "The size of the replica. When it takes over it should be as large as its source."
  type        = string
}

variable "engine_version" {
  description = "The major version of Postgres."
  type        = number
}

variable "max_connections" {
  description = "How many connections it takes: never fewer than its source, or it stops following."
  type        = number
}

variable "backup_days" {
  description = "For how many days it can be brought back, once it has taken over."
  type        = number
}

variable "subnet_ids" {
  description = "The private subnets of its region."
  type        = list(string)
}

variable "security_group_id" {
  description = "The security group that says who reaches it."
  type        = string
}

variable "kms_key_arn" {
  description = "The key of its region that its disk is encrypted with."
  type        = string
}

variable "deletion_protection" {
  description = "Whether it has to be unlocked before it can be deleted."
  type        = bool
  default     = true
}
