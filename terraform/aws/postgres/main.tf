# Postgres on RDS: encrypted, private, with a standby in another zone and replicas to read from.

locals {
  insights_days = 7
}

# Made while Terraform runs, and kept nowhere but in Secrets Manager: neither plan nor state holds it.
# RDS could manage the password itself, but then takes no replicas.
ephemeral "aws_secretsmanager_random_password" "master" {
  password_length     = 40
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "master" {
  name                    = "${var.identifier}/master"
  description             = "The master user of ${var.identifier}"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.deletion_protection ? 30 : 0
}

resource "aws_secretsmanager_secret_version" "master" {
  secret_id                = aws_secretsmanager_secret.master.id
  secret_string_wo         = jsonencode({ username = var.username, password = ephemeral.aws_secretsmanager_random_password.master.random_password })
  secret_string_wo_version = var.password_version
}

# What services are told. RDS, the master's secret and these get the one password of one apply: after one that broke off in between,
# a raised password_version gives all of them a new one.
resource "aws_secretsmanager_secret_version" "url" {
  count = var.url_secret == null ? 0 : 1

  secret_id                = var.url_secret.arn
  secret_string_wo         = "postgresql://${var.username}:${ephemeral.aws_secretsmanager_random_password.master.random_password}@${aws_db_instance.this.endpoint}/${var.database}?sslmode=require"
  secret_string_wo_version = var.password_version
}

resource "aws_secretsmanager_secret_version" "password" {
  count = var.password_secret == null ? 0 : 1

  secret_id                = var.password_secret.arn
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.master.random_password
  secret_string_wo_version = var.password_version
}

resource "aws_db_subnet_group" "this" {
  name        = var.identifier
  description = "Private subnets"
  subnet_ids  = var.subnet_ids
}

resource "aws_db_parameter_group" "this" {
  name        = "${var.identifier}-${var.engine_version}"
  description = "TLS for everybody, and a bound on connections"
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

  parameter {
    name  = "log_min_duration_statement"
    value = "500"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role" "monitoring" {
  name                 = "${var.identifier}-rds"
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

resource "aws_db_instance" "this" {
  identifier     = var.identifier
  engine         = "postgres"
  engine_version = tostring(var.engine_version)
  instance_class = var.instance_class
  multi_az       = var.multi_az

  allocated_storage     = var.storage_gib
  max_allocated_storage = var.max_storage_gib
  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  db_name                             = var.database
  username                            = var.username
  password_wo                         = ephemeral.aws_secretsmanager_random_password.master.random_password
  password_wo_version                 = var.password_version
  iam_database_authentication_enabled = true
  parameter_group_name                = aws_db_parameter_group.this.name

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [var.security_group_id]
  publicly_accessible    = false

  backup_retention_period   = var.backup_days
  backup_window             = "03:00-04:00"
  maintenance_window        = "sun:04:30-sun:05:30"
  copy_tags_to_snapshot     = true
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = !var.deletion_protection
  final_snapshot_identifier = "${var.identifier}-final"

  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.kms_key_arn
  performance_insights_retention_period = local.insights_days
  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]

  depends_on = [aws_iam_role_policy_attachment.monitoring]
}

resource "aws_db_instance" "replica" {
  for_each = var.replicas

  identifier          = "${var.identifier}-${each.key}"
  replicate_source_db = aws_db_instance.this.identifier
  instance_class      = each.value.instance_class

  storage_encrypted                   = true
  iam_database_authentication_enabled = true
  parameter_group_name                = aws_db_parameter_group.this.name
  vpc_security_group_ids              = [var.security_group_id]
  publicly_accessible                 = false

  # So that it can be promoted and is then backed up at once.
  backup_retention_period = var.backup_days
  copy_tags_to_snapshot   = true
  deletion_protection     = var.deletion_protection
  skip_final_snapshot     = true

  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.kms_key_arn
  performance_insights_retention_period = local.insights_days
  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]

  depends_on = [aws_iam_role_policy_attachment.monitoring]
}
