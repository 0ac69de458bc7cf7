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
  description = "The region, or a multi-region such as us."
  type        = string
}

variable "name" {
  description = "The name of the repository."
  type        = string

  validation {
    condition     = can(regex("^([a-z]([a-z0-9-]{0,61}[a-z0-9])?|gcr\\.io)$", var.name))
    error_message = "A repository's name has at most 63 lower-case letters, digits and dashes, or is gcr.io."
  }
}

variable "description" {
  description = "What it holds."
  type        = string
}

variable "immutable_tags" {
  description = "Whether a tag stays with the image that it was given to."
  type        = bool
  default     = true
}

variable "keep" {
  description = "How many of the latest versions of an image are kept whatever their age."
  type        = number
  default     = 50
}

variable "delete_after_days" {
  description = "After how many days the rest is deleted."
  type        = number
  default     = 90
}

variable "writers" {
  description = "Who may push, by any name."
  type        = map(string)
  default     = {}
}
