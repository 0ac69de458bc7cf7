output "role_arns" {
  description = "The role of each workload."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}
