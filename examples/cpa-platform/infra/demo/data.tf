# Written by Gantry from the spec: change that, and run `gantry synth`.

module "postgres" {
  source = "../modules/postgres"

  identifier     = "cpa-demo"
  engine_version = 16
  database       = "cpa"

  instance_class  = var.postgres.instance_class
  multi_az        = var.postgres.multi_az
  replicas        = var.postgres.replicas
  storage_gib     = var.postgres.storage_gib
  max_connections = var.postgres.max_connections
  backup_days     = var.postgres.backup_days

  subnet_ids          = module.network.private_subnet_ids
  security_group_id   = module.firewall.group_ids["postgres"]
  kms_key_arn         = module.encryption.key_arn
  deletion_protection = var.deletion_protection

  url_secret = {
    arn = module.secrets.arns["database-url"]
  }
  password_version = var.postgres.password_version

  permissions_boundary = module.boundary.arn
}

module "redis" {
  source = "../modules/redis"

  name           = "${var.name}-redis"
  engine_version = "7.1"

  node_type     = var.redis.node_type
  shards        = var.redis.shards
  replicas      = var.redis.replicas
  snapshot_days = var.redis.snapshot_days

  subnet_ids        = module.network.private_subnet_ids
  security_group_id = module.firewall.group_ids["redis"]
  kms_key_arn       = module.encryption.key_arn
}

module "documents" {
  source = "../modules/bucket"

  name        = "${var.name}-documents-${local.account_id}"
  account_id  = local.account_id
  kms_key_arn = module.encryption.key_arn
  logs = {
    bucket = module.logs.name
  }
  force_destroy = !var.deletion_protection

  archive = [
    {
      days  = 365
      class = "GLACIER"
    },
  ]
  version_days = 30
}
