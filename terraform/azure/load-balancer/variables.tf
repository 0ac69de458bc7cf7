variable "name" {
  description = "Name of the address and of its resource group."
  type        = string
}

variable "location" {
  description = "Region, such as westeurope."
  type        = string
}

variable "zones" {
  description = "Zones that the address is served from."
  type        = list(string)
  default     = ["1", "2", "3"]
}

variable "cluster_principal_id" {
  description = "The identity that the cluster acts with."
  type        = string
}

variable "dns_zone" {
  description = "DNS zone to be kept here; null where names are kept elsewhere."
  type        = string
  default     = null
}

variable "hosts" {
  description = "Host names in the zone that lead to the address."
  type        = set(string)
  default     = []

  validation {
    condition     = var.dns_zone == null ? length(var.hosts) == 0 : alltrue([for host in var.hosts : host == var.dns_zone || endswith(host, ".${var.dns_zone}")])
    error_message = "A host is of the zone that is kept here."
  }
}

variable "tags" {
  description = "Tags on everything that takes them."
  type        = map(string)
  default     = {}
}
