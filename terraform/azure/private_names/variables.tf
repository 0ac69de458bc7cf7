variable "zone" {
  description = "What the names end in, such as shop.internal."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.zone))
    error_message = "A zone is written shop.internal."
  }
}

variable "resource_group_name" {
  description = "Resource group that the zone is put into."
  type        = string
}

variable "network_ids" {
  description = "Id of each network that knows the names, by a name for it."
  type        = map(string)
}

variable "addresses" {
  description = "Addresses by the first part of their names."
  type        = map(string)
}

variable "tags" {
  description = "Tags on everything that takes them."
  type        = map(string)
  default     = {}
}
