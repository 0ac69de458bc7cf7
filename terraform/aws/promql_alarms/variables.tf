variable "name" {
  description = "What the alarms are named after."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,200}$", var.name))
    error_message = "The name is letters, digits, dashes and underscores."
  }
}

variable "topic_arn" {
  description = "Who is told."
  type        = string
}

variable "alarms" {
  description = "Alarms by their names: a query that gives the series that ring, how often it is asked, how long one has to ring before it is told, and how long it has to be over."
  type = map(object({
    description      = string
    query            = string
    every_seconds    = optional(number, 60)
    pending_seconds  = optional(number, 0)
    recovery_seconds = optional(number, 0)
  }))

  validation {
    condition     = alltrue([for alarm in values(var.alarms) : length(alarm.query) >= 1 && length(alarm.query) <= 10000])
    error_message = "A query has 1 to 10,000 characters."
  }

  validation {
    condition     = alltrue([for alarm in values(var.alarms) : alarm.every_seconds >= 10 && alarm.every_seconds <= 3600])
    error_message = "A query is asked every 10 to 3,600 seconds."
  }

  validation {
    condition     = alltrue([for alarm in values(var.alarms) : min(alarm.pending_seconds, alarm.recovery_seconds) >= 0 && max(alarm.pending_seconds, alarm.recovery_seconds) <= 86400])
    error_message = "An alarm waits for a day at most."
  }
}
