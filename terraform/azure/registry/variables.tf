variable "name" {
  description = "Name of the registry. Nobody else in Azure may have it."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]{5,50}$", var.name))
    error_message = "The name is 5 to 50 lower-case letters and digits."
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

variable "untagged_days" {
  description = "Days that an image without a tag is kept."
  type        = number
  default     = 30

  validation {
    condition     = var.untagged_days >= 1 && var.untagged_days <= 365
    error_message = "Azure keeps them 1 to 365 days."
  }
}

variable "replica_locations" {
  description = "Other regions that the images are in."
  type        = set(string)
  default     = []
}

variable "administration_ranges" {
  description = "Addresses that may reach the registry from outside: where the pipeline runs. None keeps it inside the networks."
  type        = list(string)

  validation {
    condition     = alltrue([for range in var.administration_ranges : can(cidrhost(range, 0)) && !endswith(range, "/0")])
    error_message = "A range is written 203.0.113.0/24, and is never the whole internet."
  }
}

variable "endpoints" {
  description = "Networks that the registry has a private endpoint in, by region."
  type = map(object({
    resource_group_name = string
    location            = string
    subnet_id           = string
    zones               = map(string)
  }))
}
