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
}

# Dumps of evidence and db.
module "backups" {
  source = "../modules/bucket"

  name          = "${var.name}-backups-${local.account_id}"
  account_id    = local.account_id
  kms_key_arn   = module.encryption.key_arn
  expire_days   = 30
  force_destroy = !var.deletion_protection
}
