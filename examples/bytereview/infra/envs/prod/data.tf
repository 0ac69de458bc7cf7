# Written by Gantry from the spec: change that, and run `gantry synth`.

module "cache" {
  source = "../../modules/redis_memorystore"

  project       = module.project.project
  region        = var.region
  name          = "bytereview-cache"
  redis_version = "REDIS_7_2"
  tier          = var.cache.tier
  memory_gb     = var.cache.memory_gb
  network       = module.network.private_services
}

module "db" {
  source = "../../modules/cloud_sql_postgres"

  project           = module.project.project
  region            = var.region
  name              = "bytereview-db"
  postgres_version  = 15
  tier              = var.db.tier
  high_availability = var.db.high_availability
  max_connections   = var.db.max_connections
  network           = module.network.private_services

  database   = "bytereview"
  user       = "bytereview"
  url_secret = "database-url"
  backup = {
    pitr_days = 7
  }
}

module "db_dump" {
  source = "../../modules/cloud_sql_dump"

  project                  = module.project.project
  region                   = var.region
  account_id               = "db-dump"
  instance                 = module.db.name
  instance_service_account = module.db.service_account
  database                 = "bytereview"
  bucket                   = module.dumps.name
  schedule                 = "15 1 * * *"
}

module "documents" {
  source = "../../modules/bucket"

  project         = module.project.project
  region          = var.region
  name            = "${module.project.project}-documents"
  replica_regions = ["us-east1"]
  versions_days   = 30
}

module "dumps" {
  source = "../../modules/bucket"

  project         = module.project.project
  region          = var.region
  name            = "${module.project.project}-dumps"
  replica_regions = ["us-east1"]
  versions_days   = 30
}

module "events" {
  source = "../../modules/pubsub_topic"

  project = module.project.project
  name    = "events"
}

module "tokens" {
  source = "../../modules/kms_key"

  project = module.project.project
  # In several regions: the standby opens what was sealed here.
  location = "us"
  name     = "tokens"
}
