# Written by Gantry from the spec: change that, and run `gantry synth`.

# A role for each service account that uses AWS, given to its pods by EKS.

resource "aws_iam_role" "this" {
  for_each = var.workloads

  name                 = "${var.cluster_name}-${each.key}"
  permissions_boundary = var.permissions_boundary

  # EKS gives the role to pods of one service account in one cluster, by the association below.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = var.workloads

  name = "uses"
  role = aws_iam_role.this[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for name, one in each.value.permissions : merge(
      { Effect = "Allow", Action = one.actions, Resource = one.resources },
      one.condition == null ? {} : { Condition = one.condition },
    )]
  })
}

resource "aws_eks_pod_identity_association" "this" {
  for_each = var.workloads

  cluster_name    = var.cluster_name
  namespace       = each.value.namespace
  service_account = each.value.service_account
  role_arn        = aws_iam_role.this[each.key].arn
}
