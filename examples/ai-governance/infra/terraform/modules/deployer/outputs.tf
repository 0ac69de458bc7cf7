# Written by Gantry from the spec: change that, and run `gantry synth`.

output "role_arns" {
  description = "The roles that workflows name."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}
