variable "name" {
  description = "The service's name in its cluster."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.name)) && length("${var.cluster_name}-${var.name}") <= 54
    error_message = "A service's name is lower-case letters, digits and dashes; with the cluster's before it, 54 characters at most, so that its roles have names."
  }
}

variable "cluster_name" {
  description = "The cluster that it runs in."
  type        = string
}

variable "region" {
  description = "The region of its logs."
  type        = string
}

variable "image" {
  description = "The image that its first task definition names. Releases register the ones after that."
  type        = string
}

variable "repository_arn" {
  description = "The ECR repository of the image; null for an image of a public registry."
  type        = string
  default     = null
}

variable "cpu" {
  description = "Fargate CPU units, 1024 to a vCPU."
  type        = number

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.cpu)
    error_message = "Fargate gives 256, 512, 1024, 2048, 4096, 8192 or 16384 CPU units."
  }
}

variable "memory" {
  description = "Memory in MiB."
  type        = number

  validation {
    condition     = var.memory >= 2 * var.cpu && var.memory <= 8 * var.cpu
    error_message = "Fargate gives 2 to 8 MiB of memory for each CPU unit."
  }
}

variable "port" {
  description = "The port that the container listens on; null for one that nobody calls."
  type        = number
  default     = null
}

variable "environment" {
  description = "The container's variables."
  type        = map(string)
  default     = {}
}

variable "secrets" {
  description = "Variables whose values are in Secrets Manager: the ARN of each."
  type        = map(string)
  default     = {}
}

variable "secrets_key_arn" {
  description = "The key that the secrets are encrypted with."
  type        = string
  default     = null
}

variable "health_command" {
  description = "What the container runs to see whether it is well; empty where the load balancer asks."
  type        = list(string)
  default     = []
}

variable "stop_seconds" {
  description = "How long a task may take to stop."
  type        = number
  default     = 30

  validation {
    condition     = var.stop_seconds >= 1 && var.stop_seconds <= 120
    error_message = "Fargate waits 1 to 120 seconds."
  }
}

variable "subnet_ids" {
  description = "The private subnets of its tasks."
  type        = list(string)
}

variable "security_group_id" {
  description = "The security group of its tasks."
  type        = string
}

variable "scale" {
  description = "How many tasks there are, and at which use of CPU and memory (in percent) there are more."
  type = object({
    min            = number
    max            = number
    cpu_percent    = optional(number)
    memory_percent = optional(number)
  })

  validation {
    condition     = var.scale.min >= 0 && var.scale.max >= var.scale.min
    error_message = "There are never more tasks at least than at most."
  }
}

variable "target_groups" {
  description = "The blue and the green target group; null for a service without a load balancer."
  type = object({
    blue  = object({ arn = string, name = string })
    green = object({ arn = string, name = string })
  })
  default = null
}

variable "blue_green" {
  description = "How CodeDeploy moves traffic; null where a release rolls."
  type = object({
    app_name       = string
    role_arn       = string
    listener_arn   = string
    shift          = optional(string, "CodeDeployDefault.ECSAllAtOnce")
    retire_minutes = optional(number, 60)
  })
  default = null
}

variable "rollback_alarms" {
  description = "Alarms that turn a release back."
  type        = list(string)
  default     = []
}

variable "discovery" {
  description = "The namespace in which others find it by its name; null where nobody looks. While a blue-green release keeps the old tasks they are found too: both versions answer inside until the old one goes."
  type        = object({ namespace_id = string })
  default     = null
}

variable "permissions" {
  description = "What its tasks may do in AWS."
  type = map(object({
    actions   = list(string)
    resources = list(string)
    condition = optional(map(map(list(string))))
  }))
  default = {}

  validation {
    condition     = alltrue(flatten([for one in values(var.permissions) : [for action in one.actions : !endswith(action, "*")]]))
    error_message = "Name each action: a service is allowed no wildcard."
  }

  validation {
    condition     = alltrue([for one in values(var.permissions) : !contains(one.resources, "*")])
    error_message = "Name the resources: a service is allowed nothing on all of them."
  }
}

variable "log_days" {
  description = "How long logs are kept."
  type        = number
  default     = 30
}

variable "logs_key_arn" {
  description = "The key that logs are encrypted with."
  type        = string
}

variable "permissions_boundary" {
  description = "The ARN of the policy that bounds what roles made here may ever do; null for none."
  type        = string
  default     = null
}
