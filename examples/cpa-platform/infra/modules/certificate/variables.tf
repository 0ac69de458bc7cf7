# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "domain" {
  description = "The name on the certificate."
  type        = string
}

variable "other_names" {
  description = "More names on it."
  type        = list(string)
  default     = []
}

variable "zone_id" {
  description = "The zone in which the names are shown to be ours."
  type        = string
}
