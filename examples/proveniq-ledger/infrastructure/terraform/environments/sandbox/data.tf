# Written by Gantry from the spec: change that, and run `gantry synth`.

module "cache" {
  source = "../../modules/redis_memorystore"

  project       = module.project.project
  region        = var.region
  name          = "proveniq-ledger-cache"
  redis_version = "REDIS_7_2"
  tier          = var.cache.tier
  memory_gb     = var.cache.memory_gb
  network       = module.network.private_services
}

module "db" {
  source = "../../modules/cloud_sql_postgres"

  project           = module.project.project
  region            = var.region
  name              = "proveniq-ledger-db"
  postgres_version  = 16
  tier              = var.db.tier
  high_availability = var.db.high_availability
  max_connections   = var.db.max_connections
  network           = module.network.private_services

  database            = "proveniq_ledger"
  user                = "proveniq_ledger"
  url_secret          = "database-url"
  deletion_protection = false
}

module "documents" {
  source = "../../modules/bucket"

  project = module.project.project
  region  = var.region
  name    = "${module.project.project}-documents"
}
