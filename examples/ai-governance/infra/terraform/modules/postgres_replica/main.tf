# Written by Gantry from the spec: change that, and run `gantry synth`.

# A replica of a database in another region, to be promoted when that region is lost.

resource "aws_db_subnet_group" "this" {
  name        = var.identifier
  description = "Private subnets"
  subnet_ids  = var.subnet_ids
}

resource "aws_db_parameter_group" "this" {
  name        = "${var.identifier}-${var.engine_version}"
  description = "As at its source"
  family      = "postgres${var.engine_version}"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name         = "max_connections"
    value        = tostring(var.max_connections)
    apply_method = "pending-reboot"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "this" {
  identifier          = var.identifier
  replicate_source_db = var.source_arn
  instance_class      = var.instance_class

  storage_encrypted                   = true
  kms_key_id                          = var.kms_key_arn
  iam_database_authentication_enabled = true
  parameter_group_name                = aws_db_parameter_group.this.name

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [var.security_group_id]
  publicly_accessible    = false

  backup_retention_period = var.backup_days
  copy_tags_to_snapshot   = true
  deletion_protection     = var.deletion_protection
  skip_final_snapshot     = true

  # Promoting it cuts it from its source: Terraform is not to tie it again.
  lifecycle {
    ignore_changes = [replicate_source_db]
  }
}
