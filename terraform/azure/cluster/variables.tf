variable "name" {
  description = "Name of the cluster."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,52}[a-z0-9])?$", var.name))
    error_message = "The name is 1 to 54 lower-case letters, digits and dashes, and begins and ends with none: AKS takes 63, and 54 for the name in its address."
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

variable "subnets" {
  description = "Id of the private subnet in each zone."
  type        = map(string)

  validation {
    condition     = length(var.subnets) > 0 && alltrue([for zone in keys(var.subnets) : contains(["1", "2", "3"], zone)])
    error_message = "A region of Azure has the zones 1, 2 and 3."
  }
}

variable "api_ranges" {
  description = "Addresses that may call the cluster's API. None makes it private: Terraform and deployments then run inside the network."
  type        = list(string)

  validation {
    condition     = alltrue([for range in var.api_ranges : can(cidrhost(range, 0)) && !endswith(range, "/0")])
    error_message = "A range is written 203.0.113.0/24, and is never the whole internet."
  }
}

variable "admin_groups" {
  description = "Ids of the Entra groups whose people administer the cluster."
  type        = list(string)

  validation {
    condition     = alltrue([for group in var.admin_groups : can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", group))])
    error_message = "A group is given by its object id."
  }
}

variable "registry_id" {
  description = "Id of the registry that nodes fetch images from."
  type        = string
}

variable "disk_encryption_set_id" {
  description = "Id of what encrypts the disks of nodes and volumes."
  type        = string
}

variable "system_size" {
  description = "Machine for the cluster's own pods."
  type        = string
  default     = "Standard_D4ds_v5"
}

variable "pod_range" {
  description = "Addresses of pods. They are seen inside the cluster only, so clusters may share them."
  type        = string
  default     = "10.244.0.0/16"

  validation {
    condition     = can(cidrhost(var.pod_range, 0))
    error_message = "A range is written 10.244.0.0/16."
  }
}

variable "service_range" {
  description = "Addresses of the cluster's services, which no network that it talks to may have."
  type        = string
  default     = "172.20.0.0/16"

  validation {
    condition     = can(cidrhost(var.service_range, 0))
    error_message = "A range is written 172.20.0.0/16."
  }
}

variable "maintenance_day" {
  description = "Day of the week on which AKS upgrades itself and its nodes."
  type        = string
  default     = "Sunday"

  validation {
    condition     = contains(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], var.maintenance_day)
    error_message = "A day is written Sunday."
  }
}

variable "maintenance_hour" {
  description = "Time, in UTC, from which it does so for four hours."
  type        = string
  default     = "02:00"

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance_hour))
    error_message = "A time is written 02:00."
  }
}
