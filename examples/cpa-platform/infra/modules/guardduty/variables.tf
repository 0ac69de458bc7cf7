# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "name" {
  description = "What the rule that passes findings on is named after."
  type        = string
}

variable "features" {
  description = "What it looks at besides calls, names and connections."
  type        = set(string)
  default     = ["RDS_LOGIN_EVENTS", "S3_DATA_EVENTS"]

  validation {
    condition     = alltrue([for feature in var.features : contains(["EBS_MALWARE_PROTECTION", "EKS_AUDIT_LOGS", "LAMBDA_NETWORK_LOGS", "RDS_LOGIN_EVENTS", "S3_DATA_EVENTS"], feature)])
    error_message = "GuardDuty has no such feature."
  }
}

variable "topic_arn" {
  description = "Who is told of findings."
  type        = string
}

variable "severity" {
  description = "From which severity on somebody is told: 4 is medium, 7 is high."
  type        = number
  default     = 7

  validation {
    condition     = var.severity >= 1 && var.severity <= 10
    error_message = "Severities go from 1 to 10."
  }
}
