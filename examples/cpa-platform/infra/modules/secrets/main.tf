# Written by Gantry from the spec: change that, and run `gantry synth`.

# Places for secrets. Values are put there by people and rotations, or drawn here; neither plan nor state holds one.
locals {
  generated = toset([for name, secret in var.secrets : name if secret.generated])
}

resource "aws_secretsmanager_secret" "this" {
  for_each = var.secrets

  name                    = each.key
  description             = each.value.description
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.recovery_days

  dynamic "replica" {
    for_each = var.replicas

    content {
      region     = replica.key
      kms_key_id = replica.value.kms_key_arn
    }
  }

  tags = each.value.rotate_days == null ? {} : { RotateAfterDays = tostring(each.value.rotate_days) }
}

ephemeral "aws_secretsmanager_random_password" "this" {
  for_each = local.generated

  password_length     = 40
  exclude_punctuation = true
}

# The version never changes: what a rotation puts there stays.
resource "aws_secretsmanager_secret_version" "first" {
  for_each = local.generated

  secret_id                = aws_secretsmanager_secret.this[each.key].id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.this[each.key].random_password
  secret_string_wo_version = 1
}

resource "aws_secretsmanager_secret_rotation" "this" {
  for_each = { for name, secret in var.secrets : name => secret if secret.rotation_function_arn != null }

  secret_id           = aws_secretsmanager_secret.this[each.key].id
  rotation_lambda_arn = each.value.rotation_function_arn

  rotation_rules {
    automatically_after_days = each.value.rotate_days
  }
}
