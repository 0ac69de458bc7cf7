# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "name" {
  description = "The bucket's name, which is one in the world."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "A bucket's name is 3 to 63 lower-case letters, digits and dashes."
  }
}

variable "account_id" {
  description = "The account that the bucket belongs to."
  type        = string
}

variable "kms_key_arn" {
  description = "The key that objects are encrypted with; null for S3's own, as load balancers can write with no other."
  type        = string
  default     = null
}

variable "archive" {
  description = "Storage classes that objects move to, by age."
  type = list(object({
    days  = number
    class = string
  }))
  default = []

  validation {
    condition     = alltrue([for step in var.archive : contains(["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"], step.class)])
    error_message = "S3 has no such storage class."
  }
}

variable "expire_days" {
  description = "After how many days objects are deleted; null for never."
  type        = number
  default     = null
}

variable "version_days" {
  description = "How long a version that was overwritten or deleted can be brought back."
  type        = number
  default     = 30
}

variable "log_writers" {
  description = "AWS services that write their logs here: `cloudtrail`, `config`, `load-balancer`, `s3`."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for writer in var.log_writers : contains(["cloudtrail", "config", "load-balancer", "s3"], writer)])
    error_message = "Writers are cloudtrail, config, load-balancer and s3."
  }
}

variable "logs" {
  description = "The bucket that takes records of who read and wrote; null for none."
  type        = object({ bucket = string })
  default     = null
}

variable "replica" {
  description = "A bucket in another region that everything is copied to, with the key there; null for none."
  type = object({
    bucket_arn  = string
    kms_key_arn = string
  })
  default = null
}

variable "force_destroy" {
  description = "Whether the bucket may be deleted with what is in it."
  type        = bool
  default     = false
}

variable "permissions_boundary" {
  description = "The ARN of the policy that bounds what roles made here may ever do; null for none."
  type        = string
  default     = null
}
