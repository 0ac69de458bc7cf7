variable "name" {
  description = "The budget's name."
  type        = string

  validation {
    condition     = can(regex("^[^:\\\\]{1,100}$", var.name))
    error_message = "A budget's name has 100 characters at most, and no colon or backslash."
  }
}

variable "monthly_usd" {
  description = "What a month may cost, in US dollars."
  type        = number

  validation {
    condition     = var.monthly_usd > 0
    error_message = "A budget is more than nothing."
  }
}

variable "alert_percent" {
  description = "At which shares of it somebody is told, of what was spent; and at 100, of what will be."
  type        = list(number)
  default     = [50, 80, 100]

  validation {
    condition     = length(var.alert_percent) >= 1 && length(var.alert_percent) <= 4
    error_message = "AWS tells at five thresholds at most, one of which is the forecast."
  }
}

variable "topic_arn" {
  description = "Who is told."
  type        = string
}
