# Written by Gantry from the spec: change that, and run `gantry synth`.

module "db" {
  source = "../modules/postgres"

  identifier     = "${var.name}-db"
  engine_version = 16
  database       = "app"

  instance_class  = var.db.instance_class
  multi_az        = var.db.multi_az
  replicas        = var.db.replicas
  storage_gib     = var.db.storage_gib
  max_connections = var.db.max_connections
  backup_days     = var.db.backup_days

  subnet_ids          = module.network.private_subnet_ids
  security_group_id   = module.firewall.group_ids["db"]
  kms_key_arn         = module.encryption.key_arn
  deletion_protection = var.deletion_protection

  url_secret = {
    arn = module.secrets.arns["database-url"]
  }
  password_secret = {
    arn = module.secrets.arns["database-password"]
  }
  password_version = var.db.password_version

  permissions_boundary = module.boundary.arn
}

# Dumps of evidence and db.
module "backups" {
  source = "../modules/bucket"

  name        = "${var.name}-backups-${local.account_id}"
  account_id  = local.account_id
  kms_key_arn = module.encryption.key_arn
  expire_days = 30
  replica = {
    bucket_arn  = module.backups_standby.arn
    kms_key_arn = module.encryption_standby.key_arn
  }
  force_destroy = !var.deletion_protection

  permissions_boundary = module.boundary.arn
}

module "backups_standby" {
  source = "../modules/bucket"

  providers = {
    aws = aws.standby
  }

  name          = "${var.name}-backups-standby-${local.account_id}"
  account_id    = local.account_id
  kms_key_arn   = module.encryption_standby.key_arn
  expire_days   = 30
  force_destroy = !var.deletion_protection
}

# What MinIO puts by, read at once where it is needed.
module "archive" {
  source = "../modules/bucket"

  name        = "${var.name}-archive-${local.account_id}"
  account_id  = local.account_id
  kms_key_arn = module.encryption.key_arn
  archive = [
    {
      days  = 1
      class = "GLACIER_IR"
    },
  ]
  force_destroy = !var.deletion_protection
}

module "archive_standby" {
  source = "../modules/bucket"

  providers = {
    aws = aws.standby
  }

  name        = "${var.name}-archive-standby-${local.account_id}"
  account_id  = local.account_id
  kms_key_arn = module.encryption_standby.key_arn
  archive = [
    {
      days  = 1
      class = "GLACIER_IR"
    },
  ]
  force_destroy = !var.deletion_protection
}
