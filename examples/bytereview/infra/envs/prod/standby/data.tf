# Written by Gantry from the spec: change that, and run `gantry synth`.

module "cache" {
  source = "../../../modules/redis_memorystore"

  project       = var.project
  region        = var.region
  name          = "bytereview-cache-standby"
  redis_version = "REDIS_7_2"
  tier          = var.cache.tier
  memory_gb     = var.cache.memory_gb
  network       = module.network.private_services
}

module "db" {
  source = "../../../modules/cloud_sql_postgres"

  project           = var.project
  region            = var.region
  name              = "bytereview-db-standby"
  postgres_version  = 15
  tier              = var.db.tier
  high_availability = var.db.high_availability
  max_connections   = var.db.max_connections
  network           = module.network.private_services

  database   = "bytereview"
  user       = "bytereview"
  url_secret = "database-url-standby"
  backup = {
    pitr_days = 7
  }
}
