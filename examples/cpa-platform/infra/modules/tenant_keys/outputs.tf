# Written by Gantry from the spec: change that, and run `gantry synth`.

output "alias_prefix" {
  description = "What an alias begins with; the tenant's ID is the rest."
  value       = "alias/${var.prefix}"
}

output "key_arns" {
  description = "The ARN of each tenant's key."
  value       = { for tenant, key in aws_kms_key.this : tenant => key.arn }
}
