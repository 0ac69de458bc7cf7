# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "prefix" {
  description = "What the aliases of the keys begin with, without `alias/`, as at the first."
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

variable "keys" {
  description = "The ARN of each key in the first region, by what its alias ends in. They have to be multi-region keys."
  type        = map(string)
}
