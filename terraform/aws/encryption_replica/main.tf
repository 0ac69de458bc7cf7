# The same keys as in another region: what was encrypted there can be read here.

resource "aws_kms_replica_key" "this" {
  for_each = var.keys

  description             = "A copy of ${var.prefix}${each.key}"
  primary_key_arn         = each.value
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AccountDecides"
      Effect    = "Allow"
      Action    = "kms:*"
      Resource  = "*"
      Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
    }]
  })
}

resource "aws_kms_alias" "this" {
  for_each = var.keys

  name          = "alias/${var.prefix}${each.key}"
  target_key_id = aws_kms_replica_key.this[each.key].key_id
}
