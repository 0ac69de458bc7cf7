variable "project" {
  description = "The project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "location" {
  description = "Where the signing key lies: a region, or a multi-region such as us, whose keys outlive the loss of one region."
  type        = string
}

variable "name" {
  description = "The name of the attestor, its note and its key."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "A name has at most 63 lower-case letters, digits and dashes, and begins with a letter."
  }
}

variable "signer" {
  description = "Who signs, as policies name it."
  type        = string
}

variable "unsigned" {
  description = "Patterns of images that may run unsigned."
  type        = list(string)
  default     = ["us-docker.pkg.dev/cloudrun/container/*"]
}

variable "key_viewers" {
  description = "Who may read the public key, by any name."
  type        = map(string)
  default     = {}
}
