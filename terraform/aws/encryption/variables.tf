variable "name" {
  description = "The key's alias, without `alias/`."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9/_-]{1,250}$", var.name)) && !startswith(var.name, "aws/")
    error_message = "An alias is letters, digits, slashes, dashes and underscores, and does not begin with aws/."
  }
}

variable "description" {
  description = "What is encrypted with the key."
  type        = string
}

variable "account_id" {
  description = "The account whose IAM policies decide about the key."
  type        = string
}

variable "services" {
  description = "AWS services that encrypt with the key on their own behalf, as `logs.us-east-1.amazonaws.com`."
  type        = list(string)
  default     = []
}

variable "rotation_days" {
  description = "After how many days the key's material is replaced. What was encrypted before stays readable."
  type        = number
  default     = 365

  validation {
    condition     = var.rotation_days >= 90 && var.rotation_days <= 2560
    error_message = "AWS rotates a key every 90 to 2560 days."
  }
}

variable "multi_region" {
  description = "Whether the same key can be had in another region. It stays as it was made."
  type        = bool
  default     = false
}
