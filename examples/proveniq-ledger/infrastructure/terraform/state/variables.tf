# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project that the bucket lies in, with nothing else in it."
  type        = string
}

variable "environments" {
  description = "The project of each environment that has been applied once, by a person: from then on its pipeline is let in here."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.environments), ["sandbox"])) == 0
    error_message = "The environments are sandbox."
  }
}
