variable "name" {
  description = "Name of the account. Nobody else in Azure may have it."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]{3,24}$", var.name))
    error_message = "The name is 3 to 24 lower-case letters and digits."
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

variable "containers" {
  description = "Containers by name, and after how many days what is in them is deleted; without a number it stays."
  type        = map(object({ keep_days = optional(number) }))

  validation {
    condition     = alltrue([for name in keys(var.containers) : can(regex("^[a-z0-9](-?[a-z0-9]){2,62}$", name))])
    error_message = "A container's name is 3 to 63 lower-case letters, digits and single dashes."
  }

  validation {
    condition     = alltrue([for container in values(var.containers) : container.keep_days == null ? true : container.keep_days >= 1])
    error_message = "What is kept is kept a day at least."
  }
}

variable "replication" {
  description = "How many copies there are: ZRS in three zones of the region, GZRS also in the paired region."
  type        = string

  validation {
    condition     = contains(["ZRS", "GZRS", "RAGZRS"], var.replication)
    error_message = "Copies are in three zones at least: ZRS, GZRS or RAGZRS."
  }
}

variable "undelete_days" {
  description = "Days during which something deleted or replaced can be brought back."
  type        = number
  default     = 14

  validation {
    condition     = var.undelete_days >= 7 && var.undelete_days <= 365
    error_message = "It is 7 to 365 days."
  }
}

variable "encryption" {
  description = "Key that the blobs are encrypted with, and the identity that may use it."
  type        = object({ key_id = string, identity_id = string })
}

variable "administration_ranges" {
  description = "Addresses that may reach the account from outside: where Terraform runs. None keeps it inside the networks."
  type        = list(string)

  validation {
    condition     = alltrue([for range in var.administration_ranges : can(cidrhost(range, 0)) && !endswith(range, "/0")])
    error_message = "A range is written 203.0.113.0/24, and is never the whole internet."
  }
}

variable "endpoints" {
  description = "Networks that the account has a private endpoint in, by region."
  type = map(object({
    resource_group_name = string
    location            = string
    subnet_id           = string
    zones               = map(string)
  }))
}
