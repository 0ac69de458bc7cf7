# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "domain" {
  description = "The name that assets are fetched from."
  type        = string
}

variable "origin" {
  description = "The host that has the assets, by HTTPS."
  type        = string
}

variable "certificate_arn" {
  description = "A certificate for the domain, in us-east-1: CloudFront takes no other."
  type        = string
}

variable "price_class" {
  description = "How far around the world assets are kept."
  type        = string
  default     = "PriceClass_100"

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "CloudFront has PriceClass_100, PriceClass_200 and PriceClass_All."
  }
}
