variable "name" {
  description = "Name of the network."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,58}[a-z0-9]$", var.name))
    error_message = "The name is 2 to 60 lower-case letters, digits and dashes, begins with a letter and ends with no dash."
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

variable "range" {
  description = "Addresses of the network, a /16. Networks that are to be joined must not overlap."
  type        = string

  validation {
    condition     = can(cidrhost(var.range, 0)) && endswith(var.range, "/16")
    error_message = "The range is a /16, such as 10.20.0.0/16."
  }
}

variable "zones" {
  description = "Zones of the region that there is a private subnet in."
  type        = set(string)
  default     = ["1", "2", "3"]

  validation {
    condition     = length(var.zones) > 0 && alltrue([for zone in var.zones : contains(["1", "2", "3"], zone)])
    error_message = "A region of Azure has the zones 1, 2 and 3."
  }
}

variable "private_zones" {
  description = "Private names of the services that have an endpoint in the network."
  type        = map(string)
  default = {
    vault    = "privatelink.vaultcore.azure.net"
    blob     = "privatelink.blob.core.windows.net"
    registry = "privatelink.azurecr.io"
  }

  validation {
    condition     = alltrue([for zone in values(var.private_zones) : startswith(zone, "privatelink.")])
    error_message = "The private zone of a service begins with privatelink."
  }
}

variable "linked_services" {
  description = "Id of each service of another subscription that has an endpoint here, by its key in private_zones."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for service in keys(var.linked_services) : contains(keys(var.private_zones), service)])
    error_message = "A linked service has a private zone of its name."
  }
}
