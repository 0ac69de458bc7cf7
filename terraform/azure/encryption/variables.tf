variable "name" {
  description = "Name of the vault. Nobody else in Azure may have it."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{1,22}[a-z0-9])$", var.name)) && !strcontains(var.name, "--")
    error_message = "The name is 3 to 24 lower-case letters, digits and single dashes, begins with a letter and ends with no dash."
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

variable "keys" {
  description = "Keys by name, each with the number of days after which it is made anew. `data` encrypts databases, `disks` the disks of the cluster; others are the services'."
  type        = map(object({ rotate_days = number }))

  validation {
    condition     = contains(keys(var.keys), "data") && contains(keys(var.keys), "disks")
    error_message = "The keys data and disks are among them."
  }

  validation {
    condition     = alltrue([for name, key in var.keys : can(regex("^[a-zA-Z0-9-]{1,127}$", name)) && key.rotate_days >= 28 && key.rotate_days <= 730])
    error_message = "A key's name is letters, digits and dashes, and it is made anew every 28 to 730 days."
  }
}

variable "hardware" {
  description = "Whether keys are made and kept in a hardware security module."
  type        = bool
  default     = false
}

variable "administration_ranges" {
  description = "Addresses that may reach the vault from outside: where Terraform runs. None keeps it inside the networks."
  type        = list(string)

  validation {
    condition     = alltrue([for range in var.administration_ranges : can(cidrhost(range, 0)) && !endswith(range, "/0")])
    error_message = "A range is written 203.0.113.0/24, and is never the whole internet."
  }
}

variable "endpoints" {
  description = "Networks that the vault has a private endpoint in, by region."
  type = map(object({
    resource_group_name = string
    location            = string
    subnet_id           = string
    zones               = map(string)
  }))
}
