# Written by Gantry from the spec: change that, and run `gantry synth`.

output "group_ids" {
  description = "The IDs of the security groups, by name."
  value       = { for name, group in aws_security_group.this : name => group.id }
}
