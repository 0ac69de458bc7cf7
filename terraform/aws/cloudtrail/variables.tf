variable "name" {
  description = "The trail's name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{1,49}$", var.name))
    error_message = "A trail's name is 3 to 50 letters, digits, dots, dashes and underscores here."
  }
}

variable "bucket" {
  description = "The bucket that takes the records."
  type        = string
}

variable "kms_key_arn" {
  description = "The key that the records are encrypted with."
  type        = string
}

variable "log_days" {
  description = "How long records can be searched in CloudWatch; the bucket keeps them for longer."
  type        = number
  default     = 90
}

variable "data_buckets" {
  description = "The ARNs of buckets of which every read and write is recorded."
  type        = list(string)
  default     = []
}

variable "permissions_boundary" {
  description = "The ARN of the policy that bounds what roles made here may ever do; null for none."
  type        = string
  default     = null
}
