# Written by Gantry from the spec: change that, and run `gantry synth`.

output "key_arn" {
  description = "The key's ARN."
  value       = aws_kms_key.this.arn
}

output "key_id" {
  description = "The key's ID."
  value       = aws_kms_key.this.key_id
}

output "alias" {
  description = "The key's alias, which stays when the key is another."
  value       = aws_kms_alias.this.name
}
