# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "secrets" {
  description = "The secrets, by name: what each is, whether its first value is drawn here, and after how many days a function replaces it."
  type = map(object({
    description           = string
    generated             = optional(bool, false)
    rotate_days           = optional(number)
    rotation_function_arn = optional(string)
  }))

  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[A-Za-z0-9/_+=.@-]{1,200}$", name))])
    error_message = "A secret's name is letters, digits and /_+=.@-."
  }
}

variable "kms_key_arn" {
  description = "The key that they are encrypted with."
  type        = string
}

variable "recovery_days" {
  description = "For how many days a deleted secret can be brought back; 0 for none."
  type        = number
  default     = 30

  validation {
    condition     = var.recovery_days == 0 || (var.recovery_days >= 7 && var.recovery_days <= 30)
    error_message = "Secrets Manager keeps a deleted secret for 7 to 30 days, or not at all."
  }
}

variable "replicas" {
  description = "Regions that keep a copy, with the key there."
  type        = map(object({ kms_key_arn = string }))
  default     = {}
}
