# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "prefix" {
  description = "What the aliases of the keys begin with, without `alias/`."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9/_-]{1,180}$", var.prefix)) && !startswith(var.prefix, "aws/")
    error_message = "A prefix is letters, digits, slashes, dashes and underscores, and does not begin with aws/."
  }
}

variable "account_id" {
  description = "The account whose IAM policies decide about the keys."
  type        = string
}

variable "tenants" {
  description = "The tenants, by the ID that the product knows them by."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for tenant in var.tenants : can(regex("^[A-Za-z0-9_-]{1,64}$", tenant))])
    error_message = "A tenant's ID is letters, digits, dashes and underscores, 64 at most."
  }
}

variable "rotation_days" {
  description = "After how many days each key's material is replaced."
  type        = number
  default     = 365

  validation {
    condition     = var.rotation_days >= 90 && var.rotation_days <= 2560
    error_message = "AWS rotates a key every 90 to 2560 days."
  }
}

variable "multi_region" {
  description = "Whether the same keys can be had in another region. It stays as it was made."
  type        = bool
  default     = false
}
