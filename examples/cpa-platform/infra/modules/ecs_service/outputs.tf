# Written by Gantry from the spec: change that, and run `gantry synth`.

output "name" {
  description = "The service's name."
  value       = aws_ecs_service.this.name
}

output "task_family" {
  description = "The family that releases register task definitions in."
  value       = aws_ecs_task_definition.this.family
}

output "role_arns" {
  description = "The roles that a release passes to ECS."
  value       = [aws_iam_role.execution.arn, aws_iam_role.task.arn]
}

output "log_group" {
  description = "The log group."
  value       = aws_cloudwatch_log_group.this.name
}
