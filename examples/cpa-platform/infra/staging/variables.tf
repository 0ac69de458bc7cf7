# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "region" {
  description = "Where all of it is."
  type        = string
}

variable "name" {
  description = "What everything here is named after."
  type        = string
}

variable "zones" {
  description = "In how many zones of the region there are subnets."
  type        = number
}

variable "cidr" {
  description = "The range of the network."
  type        = string
}

variable "nat_in_each_zone" {
  description = "Whether each zone has a NAT gateway of its own: losing a zone then cuts nobody else off."
  type        = bool
}

variable "domain" {
  description = "The domain that the product answers at."
  type        = string
}

variable "production_account_id" {
  description = "The number of the account that production is in, cpa-prod."
  type        = string
}

variable "demo_account_id" {
  description = "The number of the account that demo is in, cpa-demo."
  type        = string
}

variable "services" {
  description = "The size of each service (1024 CPU units are a vCPU, memory is in MiB), and how many tasks it has."
  type = map(object({
    cpu    = number
    memory = number
    scale = object({
      min            = number
      max            = number
      cpu_percent    = optional(number)
      memory_percent = optional(number)
    })
  }))
}

variable "image_tag" {
  description = "The version in the first task definitions. Under the usual one there is no image: tasks start with the first release."
  type        = string
  default     = "unreleased"
}

variable "postgres" {
  description = "How large postgres is, and how long it can be brought back. A raised password_version gives it a new password."
  type = object({
    instance_class  = string
    multi_az        = bool
    storage_gib     = number
    max_connections = number
    backup_days     = number
    replicas        = map(object({ instance_class = string }))

    password_version = optional(number, 1)
  })
}

variable "redis" {
  description = "How large redis is: without shards it is no cluster."
  type = object({
    node_type     = string
    shards        = optional(number)
    replicas      = number
    snapshot_days = number
  })
}

variable "tenants" {
  description = "The tenants that have a key, by the ID that the product knows them by."
  type        = set(string)
}

variable "deletion_protection" {
  description = "Whether what holds data has to be unlocked before it can be deleted."
  type        = bool
}

variable "alarm_emails" {
  description = "Addresses that alarms are sent to."
  type        = set(string)
}
