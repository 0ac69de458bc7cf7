# Envelope encryption: these keys never touch a document. Each encrypts the data keys of one tenant, whose documents
# are unreadable the moment the key is disabled.
resource "aws_kms_key" "this" {
  for_each = var.tenants

  description             = "Data keys of tenant ${each.key}"
  enable_key_rotation     = true
  rotation_period_in_days = var.rotation_days
  deletion_window_in_days = 30
  multi_region            = var.multi_region

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

  tags = { Tenant = each.key }
}

resource "aws_kms_alias" "this" {
  for_each = var.tenants

  name          = "alias/${var.prefix}${each.key}"
  target_key_id = aws_kms_key.this[each.key].key_id
}
