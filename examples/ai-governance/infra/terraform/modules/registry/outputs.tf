# Written by Gantry from the spec: change that, and run `gantry synth`.

output "urls" {
  description = "What images are pushed to and pulled from, by repository."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
}

output "arns" {
  description = "The repositories' ARNs, by name."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.arn }
}
