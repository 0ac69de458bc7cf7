# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "group" {
  description = "The Kubernetes group of those who plan."
  type        = string
  default     = "planners"
}

variable "secrets" {
  description = "The secrets that Terraform itself makes, by their names: it reads them back in every plan."
  type        = list(string)
  default     = []
}

variable "namespace" {
  description = "The namespace of those secrets."
  type        = string
  default     = null

  validation {
    condition     = length(var.secrets) == 0 || var.namespace != null
    error_message = "Say which namespace the secrets are in."
  }
}
