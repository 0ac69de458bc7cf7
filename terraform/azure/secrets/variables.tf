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

variable "generated" {
  description = "Secrets that are made up."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.generated : can(regex("^[a-zA-Z0-9-]{1,127}$", name))])
    error_message = "A secret's name is letters, digits and dashes."
  }
}

variable "values" {
  description = "Secrets that follow from something else, such as the address of a database, with their first value."
  type        = map(string)
  default     = {}
  sensitive   = true

  validation {
    condition     = alltrue([for name in keys(var.values) : can(regex("^[a-zA-Z0-9-]{1,127}$", name))])
    error_message = "A secret's name is letters, digits and dashes."
  }
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
