# Written by Gantry from the spec: change that, and run `gantry synth`.

output "name" {
  description = "The bucket's name, once its policy stands: who writes logs is let in."
  value       = aws_s3_bucket.this.id

  depends_on = [aws_s3_bucket_policy.this, aws_s3_bucket_ownership_controls.this]
}

output "arn" {
  description = "The bucket's ARN, once it keeps versions: a copy of it needs them."
  value       = aws_s3_bucket.this.arn

  depends_on = [aws_s3_bucket_versioning.this]
}
