variable "group" {
  description = "The Kubernetes group of those who plan."
  type        = string
  default     = "planners"
}

variable "secrets" {
  description = "The secrets that Terraform itself makes, by their namespace: it reads them back in every plan."
  type        = map(list(string))
  default     = {}

  validation {
    condition     = alltrue([for names in values(var.secrets) : length(names) > 0])
    error_message = "Name the secrets: without names it would be all of the namespace."
  }
}
