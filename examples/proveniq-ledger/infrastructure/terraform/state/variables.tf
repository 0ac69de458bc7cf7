# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "project" {
  description = "The project that the bucket lies in."
  type        = string
}
