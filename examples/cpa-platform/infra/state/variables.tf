# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "staging_account_id" {
  description = "The number of the account that staging is in, cpa-staging."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.staging_account_id))
    error_message = "An account's number has 12 digits."
  }
}

variable "production_account_id" {
  description = "The number of the account that production is in, cpa-prod."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.production_account_id))
    error_message = "An account's number has 12 digits."
  }
}

variable "demo_account_id" {
  description = "The number of the account that demo is in, cpa-demo."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.demo_account_id))
    error_message = "An account's number has 12 digits."
  }
}
