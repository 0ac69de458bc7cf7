# Written by Gantry from the spec: change that, and run `gantry synth`.

output "key_arns" {
  description = "The ARN of each key here, by what its alias ends in."
  value       = { for name, key in aws_kms_replica_key.this : name => key.arn }
}
