# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "location" {
  description = "A region, or a multi-region such as us, whose keys outlive the loss of one region."
  type        = string
}

variable "name" {
  description = "The name of the key and of its ring. Neither can ever be deleted."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "A name has at most 63 lower-case letters, digits and dashes, and begins with a letter."
  }
}

variable "rotation_days" {
  description = "After how many days a new version is made."
  type        = number
  default     = 90

  validation {
    condition     = var.rotation_days >= 1
    error_message = "A key is rotated once a day at most."
  }
}
