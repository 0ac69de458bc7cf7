# The places only. Values are put there by people and rotations, and never pass through Terraform.
resource "aws_secretsmanager_secret" "this" {
  for_each = var.secrets

  name                    = each.key
  description             = each.value.description
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.recovery_days

  tags = each.value.rotate_days == null ? {} : { RotateAfterDays = tostring(each.value.rotate_days) }
}

resource "aws_secretsmanager_secret_rotation" "this" {
  for_each = { for name, secret in var.secrets : name => secret if secret.rotation_function_arn != null }

  secret_id           = aws_secretsmanager_secret.this[each.key].id
  rotation_lambda_arn = each.value.rotation_function_arn

  rotation_rules {
    automatically_after_days = each.value.rotate_days
  }
}
