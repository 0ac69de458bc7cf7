# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "name" {
  description = "Name of the class."
  type        = string
  default     = "encrypted"

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "The name is 1 to 63 lower-case letters, digits and dashes."
  }
}

variable "provisioner" {
  description = "Driver that makes the disks: disk.csi.azure.com or ebs.csi.aws.com."
  type        = string
}

variable "parameters" {
  description = "What the driver is told, such as the kind of disk and the key."
  type        = map(string)
}
