# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project's id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "pool" {
  description = "The name of the identity pool."
  type        = string
  default     = "github"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}[a-z0-9]$", var.pool)) && !startswith(var.pool, "gcp-")
    error_message = "A pool's name has 4 to 32 lower-case letters, digits and dashes, and does not begin with gcp-."
  }
}

variable "repository" {
  description = "The repository, as owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.repository))
    error_message = "A repository is written as owner/name."
  }
}

variable "environments" {
  description = "The environments of GitHub whose jobs are the deployer."
  type        = set(string)
}

variable "account_id" {
  description = "The name of the deployer's account."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.account_id))
    error_message = "An account's name has 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "planning" {
  description = "The environments of GitHub whose jobs only plan."
  type        = set(string)
  default     = []
}

variable "planner_account_id" {
  description = "The name of the account that only plans."
  type        = string
  default     = "tf-planner"
}

variable "roles" {
  description = "What the deployer may do in the project."
  type        = set(string)

  validation {
    condition     = length(setintersection(var.roles, ["roles/owner", "roles/editor"])) == 0
    error_message = "A deployer gets no basic role."
  }
}

variable "previewing" {
  description = "The environment of GitHub in which runs of pull requests build and show them. Nobody is the previewer without one."
  type        = string
  default     = null

  validation {
    condition     = var.previewing == null ? true : can(regex("^[A-Za-z0-9_-]+$", var.previewing)) && var.previewing != "none"
    error_message = "An environment that previews has a name of letters, digits and dashes, other than none."
  }
}

variable "previewer_account_id" {
  description = "The name of the account that shows pull requests."
  type        = string
  default     = "previewer"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.previewer_account_id))
    error_message = "An account's name has 6 to 30 lower-case letters, digits and dashes."
  }
}
