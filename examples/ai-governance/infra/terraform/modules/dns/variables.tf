# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "domain" {
  description = "The domain of the zone. Its parent delegates to the zone's name servers."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain))
    error_message = "A domain is written app.example.com."
  }
}

variable "aliases" {
  description = "Names in the zone that lead to something of AWS: what it is called there, and the zone that AWS keeps that in."
  type = map(object({
    name           = string
    target_name    = string
    target_zone_id = string
  }))
  default = {}
}

variable "addresses" {
  description = "Names in the zone that lead to fixed addresses."
  type = map(object({
    name      = string
    addresses = list(string)
  }))
  default = {}
}
