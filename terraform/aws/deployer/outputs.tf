output "role_arn" {
  description = "The role that a workflow names."
  value       = aws_iam_role.this.arn
}
