# Written by Gantry from the spec: change that, and run `gantry synth`.

output "name" {
  description = "The cluster's name."
  value       = aws_ecs_cluster.this.name
}

output "arn" {
  description = "The cluster's ARN."
  value       = aws_ecs_cluster.this.arn
}

output "namespace_id" {
  description = "Where services register the names that others find them by."
  value       = aws_service_discovery_private_dns_namespace.this.id
}

output "namespace" {
  description = "What those names end in."
  value       = aws_service_discovery_private_dns_namespace.this.name
}

output "blue_green" {
  description = "The CodeDeploy application and its role; null where releases roll."
  value = var.blue_green ? {
    app_name = aws_codedeploy_app.this[0].name
    role_arn = aws_iam_role.codedeploy[0].arn
  } : null

  depends_on = [aws_iam_role_policy_attachment.codedeploy]
}
