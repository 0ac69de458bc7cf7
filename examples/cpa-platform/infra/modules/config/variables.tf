# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "name" {
  description = "The name of the recorder and what belongs to it."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,57}$", var.name))
    error_message = "The name is letters, digits, dashes and underscores, 57 at most."
  }
}

variable "bucket" {
  description = "The bucket that takes the records."
  type        = string
}

variable "rules" {
  description = "AWS's rules that everything is measured by, with their parameters."
  type        = map(map(string))
  default = {
    CLOUD_TRAIL_ENABLED                        = {}
    ENCRYPTED_VOLUMES                          = {}
    IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS = {}
    RDS_INSTANCE_PUBLIC_ACCESS_CHECK           = {}
    RDS_STORAGE_ENCRYPTED                      = {}
    ROOT_ACCOUNT_MFA_ENABLED                   = {}
    S3_BUCKET_PUBLIC_READ_PROHIBITED           = {}
    S3_BUCKET_PUBLIC_WRITE_PROHIBITED          = {}
    SECRETSMANAGER_SECRET_PERIODIC_ROTATION    = { maxDaysSinceRotation = "90" }
    VPC_DEFAULT_SECURITY_GROUP_CLOSED          = {}
    VPC_FLOW_LOGS_ENABLED                      = {}
  }
}

variable "permissions_boundary" {
  description = "The ARN of the policy that bounds what roles made here may ever do; null for none."
  type        = string
  default     = null
}
