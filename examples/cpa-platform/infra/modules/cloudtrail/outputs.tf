# Written by Gantry from the spec: change that, and run `gantry synth`.

output "trail_arn" {
  description = "The trail's ARN."
  value       = aws_cloudtrail.this.arn
}

output "log_group" {
  description = "Where its records can be searched."
  value       = aws_cloudwatch_log_group.this.name
}
