# Written by Gantry from the spec: change that, and run `gantry synth`.

# What whoever deploys may do at most, and so may every role that they make: they cannot give a role, and through it themselves, more.
# A boundary grants nothing; what is granted counts only as far as it reaches.

locals {
  boundary_arn    = "arn:aws:iam::${var.account_id}:policy/${var.name}-boundary"
  role_making_arn = "arn:aws:iam::${var.account_id}:policy/${var.name}-role-making"
  bounded         = { StringEquals = { "iam:PermissionsBoundary" = [local.boundary_arn] } }
  own_roles = [
    for name in concat(["${var.name}-*"], tolist(var.more_role_names)) : "arn:aws:iam::${var.account_id}:role/${name}"
  ]

  # Roles are made with the boundary and no other way, and what has none is not touched.
  role_making = [
    {
      Sid    = "BoundedRoles"
      Effect = "Allow"
      Action = [
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
      ]
      Resource  = local.own_roles
      Condition = local.bounded
    },
    {
      # For these AWS knows no condition on the boundary. A role that a person makes without one is named otherwise.
      Sid    = "OwnRoles"
      Effect = "Allow"
      Action = [
        "iam:DeleteRole",
        "iam:PassRole",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ]
      Resource = local.own_roles
    },
  ]
}

resource "aws_iam_policy" "boundary" {
  name        = "${var.name}-boundary"
  description = "The most that roles of ${var.name} may do, whatever else they are given"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          # Other roles are not taken on: one of an administrator may trust its whole account.
          Sid       = "AllButRights"
          Effect    = "Allow"
          NotAction = ["account:*", "iam:*", "organizations:*", "sts:AssumeRole"]
          Resource  = "*"
        },
        {
          Sid      = "ReadRights"
          Effect   = "Allow"
          Action   = ["iam:CreateServiceLinkedRole", "iam:Get*", "iam:List*"]
          Resource = "*"
        },
      ],
      local.role_making,
      [
        {
          Sid      = "BoundaryStays"
          Effect   = "Deny"
          Action   = ["iam:DeleteRolePermissionsBoundary"]
          Resource = "*"
        },
        {
          # Their own rights, and the boundary itself, are a person's to change.
          Sid       = "DeployersStay"
          Effect    = "Deny"
          NotAction = ["iam:Get*", "iam:List*"]
          Resource = concat(
            [for name in var.deployers : "arn:aws:iam::${var.account_id}:role/${name}"],
            [local.boundary_arn, local.role_making_arn, "arn:aws:iam::${var.account_id}:oidc-provider/token.actions.githubusercontent.com"],
          )
        },
      ],
    )
  })
}

# What those who deploy are given to make roles with.
resource "aws_iam_policy" "role_making" {
  name        = "${var.name}-role-making"
  description = "Makes roles of ${var.name}, within their boundary"

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.role_making
  })
}
