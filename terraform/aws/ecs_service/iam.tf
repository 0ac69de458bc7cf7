locals {
  tasks_assume = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
}

# What ECS needs to start a task: the image, its secrets, its logs.
resource "aws_iam_role" "execution" {
  name                 = "${local.full_name}-execution"
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.tasks_assume
}

resource "aws_iam_role_policy" "execution" {
  name = "start"
  role = aws_iam_role.execution.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
      }],
      [for repository in [var.repository_arn] : {
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = [repository]
      } if repository != null],
      [for repository in [var.repository_arn] : {
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken"]
        Resource = ["*"] # AWS knows no narrower resource for it.
      } if repository != null],
      [for arns in [values(var.secrets)] : {
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = arns
      } if length(arns) > 0],
      [for arns in [values(var.secrets)] : {
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = [var.secrets_key_arn]
      } if length(arns) > 0],
    )
  })
}

# What the service itself may do.
resource "aws_iam_role" "task" {
  name                 = local.full_name
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.tasks_assume
}

resource "aws_iam_role_policy" "task" {
  count = length(var.permissions) == 0 ? 0 : 1

  name = "uses"
  role = aws_iam_role.task.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for name, one in var.permissions : merge(
      { Effect = "Allow", Action = one.actions, Resource = one.resources },
      one.condition == null ? {} : { Condition = one.condition },
    )]
  })
}
