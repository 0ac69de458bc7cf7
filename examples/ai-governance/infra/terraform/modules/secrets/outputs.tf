# Written by Gantry from the spec: change that, and run `gantry synth`.

output "arns" {
  description = "The ARN of each secret, by name, once those that are drawn here have a value."
  value       = { for name, secret in aws_secretsmanager_secret.this : name => secret.arn }

  depends_on = [aws_secretsmanager_secret_version.first]
}
