# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "region" {
  description = "Where all of it is."
  type        = string
  default     = "eu-central-1"
}

variable "name" {
  description = "What everything here is named after."
  type        = string
  default     = "ai-governance-staging"
}

variable "zones" {
  description = "In how many zones of the region there are subnets."
  type        = number
  default     = 3
}

variable "cidr" {
  description = "The range of the network."
  type        = string
  default     = "10.0.0.0/16"
}

variable "nat_in_each_zone" {
  description = "Whether each zone has a NAT gateway of its own: losing a zone then cuts nobody else off."
  type        = bool
  default     = false
}

variable "kubernetes_version" {
  description = "The version of Kubernetes."
  type        = string
  default     = "1.33"
}

variable "nodes" {
  description = "Groups of nodes: their machines, and how many there are."
  type = map(object({
    instance_types = list(string)
    min            = number
    max            = number
  }))
  default = {
    general = {
      instance_types = ["m7g.large"]
      min            = 3
      max            = 9
    }
  }
}

variable "api_cidrs" {
  description = "Addresses from which people and pipelines reach the clusters' APIs, as [\"203.0.113.0/28\"]; [] where all of them are inside the network, as runners of your own can be."
  type        = list(string)
}

variable "domain" {
  description = "The domain that the product answers at."
  type        = string
  default     = "staging.governance.example"
}

variable "db" {
  description = "How large db is, and how long it can be brought back. A raised password_version gives it a new password."
  type = object({
    instance_class  = string
    multi_az        = bool
    storage_gib     = number
    max_connections = number
    backup_days     = number
    replicas        = map(object({ instance_class = string }))

    password_version = optional(number, 1)
  })
  default = {
    instance_class  = "db.r6g.large"
    multi_az        = true
    storage_gib     = 100
    max_connections = 200
    backup_days     = 30
    replicas        = {}
  }
}

variable "deletion_protection" {
  description = "Whether what holds data has to be unlocked before it can be deleted."
  type        = bool
  default     = false
}

variable "alarm_emails" {
  description = "Addresses that alarms are sent to."
  type        = set(string)
  default     = []
}

variable "minio" {
  description = "MinIO: its images, built into your own registry, how many pods it has, and the disk of each."
  type = object({
    image        = string
    client_image = string
    replicas     = number
    size         = string
  })
  default = {
    image        = "444455556666.dkr.ecr.eu-central-1.amazonaws.com/minio:RELEASE.2025-10-15T17-29-55Z"
    client_image = "444455556666.dkr.ecr.eu-central-1.amazonaws.com/mc:RELEASE.2025-08-13T08-35-41Z"
    replicas     = 6
    size         = "256Gi"
  }
}
