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

variable "readers" {
  description = "Other accounts that pull, by their numbers: those of the clusters, and of whoever takes an image on to the next environment."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for account in var.readers : can(regex("^[0-9]{12}$", account))])
    error_message = "An account's number has 12 digits."
  }
}

variable "writers" {
  description = "Roles of other accounts that push, by a name for each."
  type        = map(object({ account_id = string, role = string }))
  default     = {}

  validation {
    condition     = alltrue([for writer in values(var.writers) : can(regex("^[0-9]{12}$", writer.account_id))])
    error_message = "An account's number has 12 digits."
  }
}

variable "copies" {
  description = "Regions that get a copy of every image, in the account whose registry this is; null for none."
  type        = object({ account_id = string, regions = list(string) })
  default     = null
}
