# Written by Gantry from the spec: change that, and run `gantry synth`.

output "arn" {
  description = "The policy that every role has to have as its boundary, once it is there."
  value       = local.boundary_arn

  depends_on = [aws_iam_policy.boundary]
}

output "role_making_arn" {
  description = "The policy for those who make roles within the boundary."
  value       = aws_iam_policy.role_making.arn
}
