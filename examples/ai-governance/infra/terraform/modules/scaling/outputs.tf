# Written by Gantry from the spec: change that, and run `gantry synth`.

output "role_arn" {
  description = "The role of the cluster autoscaler."
  value       = aws_iam_role.this.arn
}
