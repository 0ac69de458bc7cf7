# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "staging_account_id" {
  description = "The number of the account that staging is in, governance-staging."
  type        = string
}

variable "production_account_id" {
  description = "The number of the account that production is in, governance-production."
  type        = string
}
