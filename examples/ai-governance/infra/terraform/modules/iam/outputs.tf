# Written by Gantry from the spec: change that, and run `gantry synth`.

output "role_arns" {
  description = "The role of each workload."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}
