# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "name" {
  description = "The name of the web ACL."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.name))
    error_message = "A web ACL's name is letters, digits, dashes and underscores, 128 at most."
  }
}

variable "rule_groups" {
  description = "AWS's managed rule groups, in the order in which they look at a request."
  type        = list(string)
  default     = ["AWSManagedRulesCommonRuleSet"]

  validation {
    condition     = alltrue([for group in var.rule_groups : startswith(group, "AWSManagedRules")])
    error_message = "The names of AWS's rule groups begin with AWSManagedRules."
  }
}

variable "requests_per_minute" {
  description = "How many requests one address may send in a minute; null for any number."
  type        = number
  default     = null

  validation {
    condition     = var.requests_per_minute == null ? true : var.requests_per_minute >= 10
    error_message = "WAF counts from 10 requests."
  }
}

variable "protects" {
  description = "The ARNs of what it stands in front of."
  type        = map(string)
}

variable "log_days" {
  description = "How long records of blocked requests are kept."
  type        = number
  default     = 90
}

variable "kms_key_arn" {
  description = "The key that logs are encrypted with."
  type        = string
}
