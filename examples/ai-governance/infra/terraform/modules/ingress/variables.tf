# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "namespace" {
  description = "Namespace of the controller, made here."
  type        = string
  default     = "ingress-nginx"

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace)) && !startswith(var.namespace, "kube-")
    error_message = "The namespace is 1 to 63 lower-case letters, digits and dashes, and does not begin with kube-."
  }
}

variable "class_name" {
  description = "Class that Ingress objects name to be served here."
  type        = string
  default     = "nginx"

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.class_name))
    error_message = "The class is 1 to 63 lower-case letters, digits and dashes."
  }
}

variable "image" {
  description = "Image of the controller, with its tag or digest."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9.:/_-]+(:[A-Za-z0-9._-]+|@sha256:[0-9a-f]{64})$", var.image)) && !endswith(var.image, ":latest")
    error_message = "An image is pinned by a tag other than latest, or by its digest."
  }
}

variable "replicas" {
  description = "Number of pods."
  type        = number
  default     = 3

  validation {
    condition     = var.replicas >= 2
    error_message = "With one pod every update is an outage."
  }
}

variable "service_annotations" {
  description = "Annotations that tell the cloud which load balancer and which address to take."
  type        = map(string)
  default     = {}
}

variable "settings" {
  description = "Settings of nginx beyond those that are safe to begin with."
  type        = map(string)
  default     = {}

  validation {
    condition     = lookup(var.settings, "allow-snippet-annotations", "false") == "false"
    error_message = "Whoever may write an Ingress could write the proxy's configuration."
  }
}
