# Written by Gantry from the spec: change that, and run `gantry synth`.

output "group" {
  description = "The group, as an access entry of the cluster names it."
  value       = var.group
}
