# Written by Gantry from the spec: change that, and run `gantry synth`.

# Roles for workflows on GitHub: taken by a token of the one repository and environment, without a stored key.

locals {
  policies = merge([
    for name, role in var.roles : merge(
      { for policy in role.policies : "${name}-${policy}" => { role = name, arn = "arn:aws:iam::aws:policy/${policy}" } },
      { for policy, arn in role.own_policies : "${name}-${policy}" => { role = name, arn = arn } },
    )
  ]...)
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "this" {
  for_each = var.roles

  name                 = each.value.name
  description          = "Workflows of ${var.repository} in ${each.value.environment}, without a stored key"
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = "repo:${var.repository}:environment:${each.value.environment}"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.policies

  role       = aws_iam_role.this[each.value.role].name
  policy_arn = each.value.arn
}

resource "aws_iam_role_policy" "this" {
  for_each = { for name, role in var.roles : name => role if length(role.permissions) > 0 }

  name = "more"
  role = aws_iam_role.this[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for name, one in each.value.permissions : merge(
      { Effect = "Allow", Action = one.actions, Resource = one.resources },
      one.condition == null ? {} : { Condition = one.condition },
    )]
  })
}
