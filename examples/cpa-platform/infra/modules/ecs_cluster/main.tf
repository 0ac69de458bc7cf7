# Written by Gantry from the spec: change that, and run `gantry synth`.

# An ECS cluster on Fargate, the names its services have inside the network, and what moves traffic between blue and green.

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE"]

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 1
  }
}

resource "aws_service_discovery_private_dns_namespace" "this" {
  name        = "${var.name}.internal"
  description = "Services that only other services reach"
  vpc         = var.vpc_id
}

resource "aws_codedeploy_app" "this" {
  count = var.blue_green ? 1 : 0

  name             = var.name
  compute_platform = "ECS"
}

resource "aws_iam_role" "codedeploy" {
  count = var.blue_green ? 1 : 0

  name                 = "${var.name}-codedeploy"
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "codedeploy.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "codedeploy" {
  count = var.blue_green ? 1 : 0

  role       = aws_iam_role.codedeploy[0].name
  policy_arn = "arn:aws:iam::aws:policy/AWSCodeDeployRoleForECS"
}
