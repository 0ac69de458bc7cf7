# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "repositories" {
  description = "The repositories' names."
  type        = set(string)

  validation {
    condition     = alltrue([for name in var.repositories : can(regex("^[a-z0-9]+([._/-][a-z0-9]+)*$", name)) && length(name) >= 2 && length(name) <= 256])
    error_message = "A repository's name is lower-case letters and digits, with single dots, dashes, underscores and slashes between them."
  }
}

variable "kms_key_arn" {
  description = "The key that images are encrypted with."
  type        = string
}

variable "keep_images" {
  description = "How many images stay: as many releases can be gone back to."
  type        = number
  default     = 50
}

variable "force_delete" {
  description = "Whether a repository may be deleted with its images."
  type        = bool
  default     = false
}
