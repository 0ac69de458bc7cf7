# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "identifier" {
  description = "The instance's identifier."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.identifier)) && length(var.identifier) <= 52 && !endswith(var.identifier, "-") && !strcontains(var.identifier, "--")
    error_message = "An instance's identifier is lower-case letters, digits and single dashes: RDS takes 63 characters, and its replicas need some of them."
  }
}

variable "engine_version" {
  description = "The major version of Postgres. Minor ones come by themselves."
  type        = number

  validation {
    condition     = var.engine_version >= 13 && var.engine_version <= 18
    error_message = "RDS has Postgres 13 to 18."
  }
}

variable "instance_class" {
  description = "The size of the instance."
  type        = string

  validation {
    condition     = startswith(var.instance_class, "db.")
    error_message = "The class of an instance is written db.r6g.large."
  }
}

variable "storage_gib" {
  description = "The size of the disk to begin with, in GiB."
  type        = number
  default     = 100

  validation {
    condition     = var.storage_gib >= 20 && var.storage_gib <= 65536
    error_message = "A disk has 20 to 65536 GiB."
  }
}

variable "max_storage_gib" {
  description = "How large the disk may become by itself."
  type        = number
  default     = 1000
}

variable "multi_az" {
  description = "Whether a standby in another zone takes over when this one fails."
  type        = bool
}

variable "replicas" {
  description = "Instances to read from, by the end of their names: the size of each."
  type        = map(object({ instance_class = string }))
  default     = {}
}

variable "database" {
  description = "The database that is made with the instance."
  type        = string

  validation {
    condition     = can(regex("^[a-z_][a-z0-9_]{0,62}$", var.database))
    error_message = "A database's name is lower-case letters, digits and underscores."
  }
}

variable "username" {
  description = "The master user's name, which the address in `url_secret` has too."
  type        = string
  default     = "master"

  validation {
    condition     = !contains(["admin", "postgres", "rdsadmin"], var.username)
    error_message = "RDS keeps this name for itself, or everybody would guess it."
  }
}

variable "password_version" {
  description = "One more than before makes a new password, for the database and for the secrets that hold it."
  type        = number
  default     = 1
}

variable "max_connections" {
  description = "How many connections the server takes."
  type        = number
}

variable "backup_days" {
  description = "For how many days the database can be brought back to any second."
  type        = number

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35
    error_message = "RDS keeps backups for 1 to 35 days; without any there is no replica and no way back."
  }
}

variable "subnet_ids" {
  description = "The private subnets of the instances."
  type        = list(string)
}

variable "security_group_id" {
  description = "The security group that says who reaches them."
  type        = string
}

variable "kms_key_arn" {
  description = "The key that disks, backups and the password are encrypted with."
  type        = string
}

variable "deletion_protection" {
  description = "Whether it has to be unlocked before it can be deleted; a last snapshot is then taken."
  type        = bool
  default     = true
}

variable "permissions_boundary" {
  description = "The ARN of the policy that bounds what roles made here may ever do; null for none."
  type        = string
  default     = null
}

variable "url_secret" {
  description = "The secret that the address is put into, with the user and the password, as clients take it; null for none."
  type        = object({ arn = string })
  default     = null
}

variable "password_secret" {
  description = "The secret that the password alone is put into; null for none."
  type        = object({ arn = string })
  default     = null
}
