variable "name" {
  description = "Name that the rules of each subnet are named after."
  type        = string
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

variable "node_subnets" {
  description = "Id of the subnet for nodes in each zone."
  type        = map(string)
}

variable "node_ranges" {
  description = "Addresses of the subnet for nodes in each zone."
  type        = map(string)
}

variable "database_subnet" {
  description = "Id and addresses of the database's subnet."
  type        = object({ id = string, range = string })
}

variable "endpoint_subnet_id" {
  description = "Id of the subnet for private endpoints."
  type        = string
}

variable "peer_ranges" {
  description = "Addresses of the other region's network; empty where there is none."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for range in var.peer_ranges : can(cidrhost(range, 0)) && !endswith(range, "/0")])
    error_message = "A range is written 10.21.0.0/16, and is never the whole internet."
  }
}
