# Written by Gantry from the spec: change that, and run `gantry synth`.

# Load balancers and S3 write their logs with no key but S3's own.
module "logs" {
  source = "../modules/bucket"

  name       = "${var.name}-logs-${local.account_id}"
  account_id = local.account_id
  archive = [
    {
      days  = 90
      class = "GLACIER_IR"
    },
  ]
  expire_days   = 400
  log_writers   = ["cloudtrail", "config", "load-balancer", "s3"]
  force_destroy = !var.deletion_protection
}

module "cloudtrail" {
  source = "../modules/cloudtrail"

  name         = var.name
  bucket       = module.logs.name
  kms_key_arn  = module.encryption.key_arn
  data_buckets = [module.documents.arn]

  permissions_boundary = module.boundary.arn
}

module "guardduty" {
  source = "../modules/guardduty"

  name      = var.name
  topic_arn = module.monitoring.topic_arn
}

module "config" {
  source = "../modules/config"

  name   = var.name
  bucket = module.logs.name

  permissions_boundary = module.boundary.arn
}
