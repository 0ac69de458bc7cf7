variable "name" {
  description = "Name of the server; its replicas are named after it. Nobody else in Azure may have it."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{1,43}[a-z0-9])$", var.name))
    error_message = "The name is 3 to 45 lower-case letters, digits and dashes, begins and ends with none: Azure takes 63, and replicas need the rest."
  }
}

variable "resource_group_name" {
  description = "Resource group that everything here is put into."
  type        = string
}

variable "location" {
  description = "Region, such as westeurope."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]+$", var.location))
    error_message = "A region is written westeurope, without spaces and capitals."
  }
}

variable "tags" {
  description = "Tags on everything that takes them."
  type        = map(string)
  default     = {}
}

variable "network_ids" {
  description = "Id of each network that the server or a replica stands in, by a name for it."
  type        = map(string)
}

variable "subnet_id" {
  description = "Id of the subnet that is the database's alone."
  type        = string
}

variable "postgres_version" {
  description = "Major version of PostgreSQL."
  type        = number

  validation {
    condition     = contains([13, 14, 15, 16, 17], var.postgres_version)
    error_message = "Azure has the versions 13 to 17."
  }
}

variable "size" {
  description = "Machine, such as GP_Standard_D4ds_v5."
  type        = string

  validation {
    condition     = can(regex("^(B|GP|MO)_Standard_[A-Za-z0-9_]+$", var.size))
    error_message = "A size is written GP_Standard_D4ds_v5: B_ is burstable, GP_ for general purposes, MO_ has more memory."
  }
}

variable "storage_gib" {
  description = "Storage to begin with. It grows by itself."
  type        = number
  default     = 128

  validation {
    condition     = contains([32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384], var.storage_gib)
    error_message = "Storage comes as 32, 64, 128 … 16384 GiB."
  }
}

variable "database" {
  description = "Name of the database."
  type        = string

  validation {
    condition     = can(regex("^[a-z_][a-z0-9_]{0,62}$", var.database)) && !contains(["postgres", "azure_maintenance", "azure_sys"], var.database)
    error_message = "A database's name is lower-case letters, digits and underscores, and none that Azure has itself."
  }
}

variable "user" {
  description = "Name of the server's administrator."
  type        = string

  validation {
    condition     = can(regex("^[a-z_][a-z0-9_]{0,62}$", var.user)) && !startswith(var.user, "pg_") && !contains(["azure_superuser", "azure_pg_admin", "admin", "administrator", "root", "guest", "public"], var.user)
    error_message = "The name is lower-case letters, digits and underscores, and none that Azure refuses, such as admin or root."
  }
}

variable "password" {
  description = "Password of the administrator, to begin with."
  type        = string
  sensitive   = true
}

variable "high_availability" {
  description = "Whether a standby in another zone takes over when the server fails."
  type        = bool
}

variable "max_connections" {
  description = "Number of connections that the server takes."
  type        = number

  validation {
    condition     = var.max_connections >= 25 && var.max_connections <= 5000
    error_message = "Azure takes 25 to 5000 connections."
  }
}

variable "parameters" {
  description = "Settings of the server besides max_connections."
  type        = map(string)
  default = {
    log_min_duration_statement = "1000" # statements over a second are worth a line
    require_secure_transport   = "ON"
  }

  validation {
    condition     = try(lower(var.parameters["require_secure_transport"]), "on") == "on"
    error_message = "Nobody connects without TLS."
  }
}

variable "backup_retention_days" {
  description = "Days back to which the server can be restored, to the second."
  type        = number

  validation {
    condition     = var.backup_retention_days >= 7 && var.backup_retention_days <= 35 && floor(var.backup_retention_days) == var.backup_retention_days
    error_message = "Azure keeps 7 to 35 days."
  }
}

variable "geo_redundant_backup" {
  description = "Key of the paired region, with its version, and identity that may use it: backups are then kept there too. Can only be chosen when the server is made."
  type        = object({ key_id = string, identity_id = string })
  default     = null
}

variable "encryption" {
  description = "Key that the data is encrypted with, and the identity that may use it."
  type        = object({ key_id = string, identity_id = string })
}

variable "replicas" {
  description = "Read replicas, by what follows the server's name in theirs."
  type = map(object({
    location            = string
    resource_group_name = string
    subnet_id           = string
    size                = string
    encryption          = object({ key_id = string, identity_id = string })
  }))
  default = {}

  validation {
    condition     = length(var.replicas) <= 5 && alltrue([for name in keys(var.replicas) : can(regex("^[a-z0-9]([a-z0-9-]{0,15}[a-z0-9])?$", name))])
    error_message = "There are at most five replicas, and what follows the server's name is at most 17 letters, digits and dashes."
  }
}
