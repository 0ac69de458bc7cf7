# Written by Gantry from the spec: change that, and run `gantry synth`.

variable "name" {
  description = "What the addresses are named after."
  type        = string
}

variable "subnet_ids" {
  description = "The public subnets, one in each zone."
  type        = list(string)
}
