output "role_arns" {
  description = "The roles that workflows name."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}
