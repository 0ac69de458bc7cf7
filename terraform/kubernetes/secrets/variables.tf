variable "namespace" {
  description = "Namespace that the secrets are for."
  type        = string
}

variable "secrets" {
  description = "Secrets by name, each with its keys and values."
  type        = map(map(string))
  sensitive   = true

  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", name))])
    error_message = "A secret's name is lower-case letters, digits, dashes and dots."
  }
}
