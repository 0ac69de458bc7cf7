# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "name" {
  description = "Name of the authority, which certificates bear as their issuer's."
  type        = string

  validation {
    condition     = length(var.name) >= 1 && length(var.name) <= 64
    error_message = "The name has 1 to 64 characters."
  }
}
