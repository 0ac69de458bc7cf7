variable "name" {
  description = "Name of the MinIO installation; its pods, services and settings are named after it."
  type        = string
  default     = "minio"

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.name))
    error_message = "The name is 1 to 40 lower-case letters, digits and dashes, begins with a letter and ends with no dash."
  }
}

variable "namespace" {
  description = "Namespace that the module makes for MinIO alone. The secrets named below are written into it by whatever brings secrets to the cluster; pods wait until they are there."
  type        = string
  default     = "minio"

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace)) && !startswith(var.namespace, "kube-") && var.namespace != "default"
    error_message = "The namespace is 1 to 63 lower-case letters, digits and dashes, and is neither default nor begins with kube-."
  }
}

variable "storage_class" {
  description = "Storage class of the disks. It has to encrypt them and to bind when a pod is placed (WaitForFirstConsumer)."
  type        = string

  validation {
    condition     = length(var.storage_class) > 0
    error_message = "Name a storage class: the cluster's default may not be encrypted."
  }
}

variable "size" {
  description = "Size of each pod's disk, such as 256Gi. Half of all disks together is room for data; the other half is parity."
  type        = string

  validation {
    condition     = can(regex("^[1-9][0-9]*(Gi|Ti)$", var.size))
    error_message = "A size is written 256Gi or 1Ti."
  }
}

variable "replicas" {
  description = "Number of pods, with a disk each. Six over three zones still take writes with a zone lost; four do not. It stays as it is: MinIO grows by another set of disks."
  type        = number
  default     = 6

  validation {
    condition     = contains([4, 6, 8, 9, 12, 15, 16], var.replicas)
    error_message = "MinIO spreads an object over a set of disks: 4, 6, 8, 9, 12, 15 or 16 of them."
  }
}

variable "image" {
  description = "Image of the MinIO server, with its tag or digest. MinIO publishes its source only since October 2025: build it into your own registry."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9.:/_-]+(:[A-Za-z0-9._-]+|@sha256:[0-9a-f]{64})$", var.image)) && !endswith(var.image, ":latest")
    error_message = "An image is pinned by a tag other than latest, or by its digest."
  }
}

variable "client_image" {
  description = "Image of mc, MinIO's client, which sets up the buckets."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9.:/_-]+(:[A-Za-z0-9._-]+|@sha256:[0-9a-f]{64})$", var.client_image)) && !endswith(var.client_image, ":latest")
    error_message = "An image is pinned by a tag other than latest, or by its digest."
  }
}

variable "root_secret_name" {
  description = "Kubernetes secret with the administrator's `rootUser` and `rootPassword`. Services never get it."
  type        = string
}

variable "service_secret_name" {
  description = "Kubernetes secret with the `accessKey` and `secretKey` that services use; they may read and write the buckets here and nothing else."
  type        = string
}

variable "tls_secret_name" {
  description = "Kubernetes secret of type kubernetes.io/tls, with `ca.crt` beside it, as cert-manager writes it. The output `certificate` says which one."
  type        = string
}

variable "authority_secret_name" {
  description = "Kubernetes secret with the `tls.crt` and `tls.key` of the authority that signs the certificate. Two regions that copy from one another need the same; null makes one."
  type        = string
  default     = null
}

variable "encryption_secret_name" {
  description = "Kubernetes secret whose `key` (`name:base64 of 32 bytes`) encrypts every object before it reaches a disk. Without it only the disks are encrypted."
  type        = string
  default     = null
}

variable "buckets" {
  description = "Buckets by name: how many days replaced versions are kept (without a number: always), after how many days an object goes to the archive or is deleted, and whether the other region gets a copy."
  type = map(object({
    old_versions_days  = optional(number)
    archive_after_days = optional(number)
    delete_after_days  = optional(number)
    replicate          = optional(bool, false)
  }))

  validation {
    condition     = length(var.buckets) > 0 && alltrue([for name in keys(var.buckets) : can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", name))])
    error_message = "There is at least one bucket, and a bucket's name is 3 to 63 lower-case letters, digits and dashes."
  }

  validation {
    condition     = alltrue([for one in values(var.buckets) : alltrue([for days in [one.old_versions_days, one.archive_after_days, one.delete_after_days] : days == null ? true : days >= 1 && floor(days) == days])])
    error_message = "A life cycle counts whole days, from 1."
  }
}

variable "archive" {
  description = "Cheaper storage that objects move to by their life cycle: a store of the kind s3, azure or minio, and the secret with the `accessKey` and `secretKey` of it (for azure: the account's name and key). One of the kind s3 without a secret is reached by the role that MinIO's service account has in AWS."
  type = object({
    kind          = string
    bucket        = string
    secret_name   = optional(string)
    endpoint      = optional(string)
    region        = optional(string)
    storage_class = optional(string)
  })
  default = null

  validation {
    condition     = var.archive == null ? true : contains(["s3", "azure", "minio"], var.archive.kind)
    error_message = "The archive is of the kind s3, azure or minio."
  }

  validation {
    condition     = var.archive == null ? true : var.archive.kind == "s3" || var.archive.secret_name != null
    error_message = "Only an archive of the kind s3 can be reached without a secret."
  }

  validation {
    condition     = var.archive != null || alltrue([for one in values(var.buckets) : one.archive_after_days == null])
    error_message = "A bucket has a day on which its objects go to the archive, but there is no archive."
  }
}

variable "replicate_to" {
  description = "The MinIO of the other region: its address (https://host:port) and the Kubernetes secret here with the `accessKey` and `secretKey` of it."
  type = object({
    url         = string
    secret_name = string
  })
  default = null

  validation {
    condition     = var.replicate_to == null ? true : can(regex("^https://[a-z0-9.-]+(:[0-9]+)?$", var.replicate_to.url))
    error_message = "The other MinIO is reached by https and nothing else: https://host:port."
  }

  validation {
    condition     = var.replicate_to != null || alltrue([for one in values(var.buckets) : !one.replicate])
    error_message = "A bucket is to be replicated, but no other MinIO is named."
  }
}

variable "copier_secret_name" {
  description = "Kubernetes secret with the `accessKey` and `secretKey` that the other region copies its objects here with; null where nothing is copied here."
  type        = string
  default     = null
}

variable "client_namespaces" {
  description = "Namespaces whose pods may reach MinIO: that of the services, and that of the metrics' collector."
  type        = list(string)

  validation {
    condition     = length(var.client_namespaces) > 0
    error_message = "Nobody could reach MinIO: name a namespace."
  }
}

variable "peer_ranges" {
  description = "Address ranges outside the cluster that MinIO is reached from and reaches: the other region's network. Empty where nothing is replicated."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for range in var.peer_ranges : can(cidrhost(range, 0)) && !endswith(range, "/0")])
    error_message = "A range is written 10.20.0.0/16, and is never the whole internet."
  }
}

variable "internal_load_balancer" {
  description = "Annotations that make the cloud give MinIO an address inside the network, for the other region. Null keeps MinIO inside the cluster."
  type        = object({ annotations = map(string) })
  default     = null

  validation {
    condition     = var.internal_load_balancer == null ? true : length(var.internal_load_balancer.annotations) > 0
    error_message = "Without an annotation most clouds give a load balancer a public address."
  }

  validation {
    condition     = var.internal_load_balancer == null || length(var.peer_ranges) > 0
    error_message = "Say in peer_ranges who may reach the address."
  }
}

variable "outside_names" {
  description = "Names outside the cluster that MinIO is reached by, which its certificate is valid for too, besides localhost."
  type        = list(string)
  default     = []
}

variable "cpu" {
  description = "Processors that each pod is given."
  type        = string
  default     = "500m"
}

variable "memory" {
  description = "Memory that each pod is given, and its limit."
  type        = string
  default     = "2Gi"
}
