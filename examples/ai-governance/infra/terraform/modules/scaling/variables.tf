# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "cluster_name" {
  description = "The cluster whose nodes come and go."
  type        = string
}

variable "namespace" {
  description = "The namespace that the cluster autoscaler runs in."
  type        = string
  default     = "kube-system"
}

variable "service_account" {
  description = "The service account that it runs as."
  type        = string
  default     = "cluster-autoscaler"
}

variable "permissions_boundary" {
  description = "The ARN of the policy that bounds what roles made here may ever do; null for none."
  type        = string
  default     = null
}
