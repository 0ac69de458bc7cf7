variable "name" {
  description = "What the topic and the alarms are named after."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,200}$", var.name))
    error_message = "The name is letters, digits, dashes and underscores."
  }
}

variable "emails" {
  description = "Addresses that get every alarm. Each has to confirm first."
  type        = set(string)
  default     = []
}

variable "kms_key_arn" {
  description = "The key that notices are encrypted with. CloudWatch and EventBridge have to be allowed to use it."
  type        = string
}

variable "alarms" {
  description = "Alarms on one metric each: above or below a threshold, of what `dimensions` name, or one alarm for each of several things by their names."
  type = map(object({
    description    = string
    namespace      = string
    metric         = string
    statistic      = optional(string, "Average")
    dimensions     = optional(map(string))
    each           = optional(map(map(string)))
    above          = optional(number)
    below          = optional(number)
    period_seconds = optional(number, 60)
    periods        = optional(number, 1)
    missing        = optional(string, "breaching")
  }))
  default = {}

  validation {
    condition     = alltrue([for alarm in values(var.alarms) : (alarm.above == null) != (alarm.below == null)])
    error_message = "An alarm has one threshold: above it, or below it."
  }

  validation {
    condition     = alltrue([for alarm in values(var.alarms) : (alarm.dimensions == null) != (alarm.each == null)])
    error_message = "An alarm is about one thing, or about each of several."
  }
}

variable "ratio_alarms" {
  description = "Alarms on what share of one metric another is, in percent, over all of `dimensions` together, once there is enough to judge by."
  type = map(object({
    description    = string
    namespace      = string
    part           = string
    whole          = string
    dimensions     = list(map(string))
    above          = number
    at_least       = optional(number, 1)
    period_seconds = optional(number, 300)
  }))
  default = {}
}
