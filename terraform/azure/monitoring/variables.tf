variable "name" {
  description = "Name that everything here is named after."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,47}[a-z0-9]$", var.name))
    error_message = "The name is 4 to 49 lower-case letters, digits and dashes, begins with a letter and ends with no dash."
  }
}

variable "resource_group_name" {
  description = "Resource group that everything here is put into."
  type        = string
}

variable "location" {
  description = "Region, such as westeurope."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]+$", var.location))
    error_message = "A region is written westeurope, without spaces and capitals."
  }
}

variable "tags" {
  description = "Tags on everything that takes them."
  type        = map(string)
  default     = {}
}

variable "log_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 90

  validation {
    condition     = var.log_days >= 30 && var.log_days <= 730
    error_message = "Logs are kept 30 to 730 days."
  }
}

variable "logs" {
  description = "Resources whose logs are kept, by a name for them: their id, and the categories of log."
  type        = map(object({ id = string, categories = set(string) }))
  default     = {}
}

variable "receivers" {
  description = "Who is told, by a name for them."
  type        = map(object({ emails = set(string) }))

  validation {
    condition     = length(var.receivers) > 0 && alltrue([for one in values(var.receivers) : length(one.emails) > 0])
    error_message = "An alert that nobody is told of is none."
  }
}

variable "alerts" {
  description = "Alerts on Azure's own metrics: of which resource, which metric, from when on, and whom to tell."
  type = map(object({
    of          = string
    namespace   = string
    metric      = string
    aggregation = string
    is          = string
    threshold   = number
    severity    = string
    means       = string
    to          = string
  }))
  default = {}

  validation {
    condition = alltrue([for alert in values(var.alerts) :
      contains(["critical", "high", "warning", "info"], alert.severity)
      && contains(["Average", "Minimum", "Maximum", "Total", "Count"], alert.aggregation)
      && contains(["Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual"], alert.is)
    ])
    error_message = "An alert is critical, high, warning or info; it takes Average, Minimum, Maximum, Total or Count, and is Equals, GreaterThan, GreaterThanOrEqual, LessThan or LessThanOrEqual."
  }

  validation {
    condition     = alltrue([for alert in values(var.alerts) : contains(keys(var.receivers), alert.to)])
    error_message = "An alert goes to one of the receivers."
  }
}

variable "uptime" {
  description = "Addresses that have to answer from outside, by name."
  type        = map(object({ url = string, timeout_seconds = number, to = string }))
  default     = {}

  validation {
    condition     = alltrue([for check in values(var.uptime) : startswith(check.url, "https://") && contains([30, 60, 90, 120], check.timeout_seconds)])
    error_message = "What is asked for begins with https://, and Azure waits 30, 60, 90 or 120 seconds."
  }
}

variable "uptime_locations" {
  description = "Where Azure asks from."
  type        = list(string)
  default     = ["emea-nl-ams-azr", "emea-gb-db3-azr", "emea-fr-pra-edge", "us-va-ash-azr", "apac-sg-sin-azr"]

  validation {
    condition     = length(var.uptime_locations) >= 3
    error_message = "Two places may be wrong: ask from three at least."
  }
}

variable "budget" {
  description = "What may be spent in a month in the account's currency, the percentages at which somebody is told, and who."
  type        = object({ monthly = number, alert_at = set(number), to = string })
  default     = null

  validation {
    condition     = var.budget == null ? true : var.budget.monthly > 0 && length(var.budget.alert_at) > 0 && length(var.budget.alert_at) <= 5
    error_message = "A budget is more than nothing, and tells at one to five percentages."
  }
}

variable "resource_groups" {
  description = "Id of each resource group that the budget counts, by region."
  type        = map(string)
  default     = {}
}
