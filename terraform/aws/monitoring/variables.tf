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
  description = "Alarms on metrics and on what is reckoned from them: the last query is held against the threshold. A quiet one tells nobody by itself."
  type = map(object({
    description = string
    comparison  = string
    threshold   = number
    periods     = optional(number, 1)
    missing     = optional(string, "missing")
    quiet       = optional(bool, false)
    queries = list(object({
      id         = string
      expression = optional(string)
      label      = optional(string)
      metric = optional(object({
        namespace      = string
        name           = string
        statistic      = string
        period_seconds = number
        dimensions     = map(string)
      }))
    }))
  }))
  default = {}

  validation {
    condition     = alltrue([for alarm in values(var.alarms) : length(alarm.queries) >= 1 && length([for query in alarm.queries : query if query.metric != null]) <= 10])
    error_message = "An alarm looks at one metric at least, and at ten at most."
  }

  validation {
    condition     = alltrue(flatten([for alarm in values(var.alarms) : [for query in alarm.queries : (query.metric == null) != (query.expression == null)]]))
    error_message = "A query is a metric, or is reckoned from those before it."
  }

  validation {
    condition     = alltrue([for alarm in values(var.alarms) : contains(["missing", "ignore", "breaching", "notBreaching"], alarm.missing)])
    error_message = "What is missing is missing, ignore, breaching or notBreaching."
  }
}

variable "composites" {
  description = "Alarms that ring when several of `alarms` do: all of them, or any."
  type = map(object({
    description = string
    joined      = string
    of          = list(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for one in values(var.composites) : contains(["and", "or"], one.joined) && length(one.of) > 0])
    error_message = "Alarms are joined by and, or by or."
  }
}

variable "dashboards" {
  description = "Dashboards as JSON, by their names."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for body in values(var.dashboards) : can(jsondecode(body).widgets)])
    error_message = "A dashboard is JSON with widgets."
  }
}
