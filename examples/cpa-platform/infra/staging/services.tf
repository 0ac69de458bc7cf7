# Written by Gantry from the spec: change that, and run `gantry synth`.

module "registry" {
  source = "../modules/registry"

  repositories = ["cpa-backend", "cpa-frontend", "cpa-temporal-worker"]
  kms_key_arn  = module.encryption.key_arn
  force_delete = !var.deletion_protection
  readers      = [var.production_account_id, var.demo_account_id]
}

module "cluster" {
  source = "../modules/ecs_cluster"

  name   = var.name
  vpc_id = module.network.vpc_id

  permissions_boundary = module.boundary.arn
}

module "backend" {
  source = "../modules/ecs_service"

  name           = "backend"
  cluster_name   = module.cluster.name
  region         = var.region
  image          = "${module.registry.urls["cpa-backend"]}:${var.image_tag}"
  repository_arn = module.registry.arns["cpa-backend"]
  cpu            = var.services.backend.cpu
  memory         = var.services.backend.memory
  scale          = var.services.backend.scale
  port           = 8080

  environment = {
    PORT              = "8080"
    CLAMAV_HOST       = "clamav.${module.cluster.namespace}"
    CLAMAV_PORT       = "3310"
    DATABASE_POOL_MAX = "12"
    DOCUMENTS_BUCKET  = module.documents.name
    LOG_LEVEL         = "info"
    REDIS_URL         = module.redis.url
    TENANT_KEYS_ID    = module.tenant_keys.alias_prefix
  }
  secrets = {
    DATABASE_URL      = module.secrets.arns["database-url"]
    JWT_KEYS          = module.secrets.arns["jwt-keys"]
    QUICKBOOKS_KEY    = module.secrets.arns["quickbooks-key"]
    STRIPE_KEY        = module.secrets.arns["stripe-key"]
    TEMPORAL_ADDRESS  = module.secrets.arns["temporal-address"]
    TYPESENSE_API_KEY = module.secrets.arns["typesense-api-key"]
  }
  secrets_key_arn = module.encryption.key_arn

  permissions = merge(local.use_of_documents, local.use_of_tenant_keys, {
    postgres = {
      actions   = ["rds-db:connect"]
      resources = ["arn:aws:rds-db:${var.region}:${local.account_id}:dbuser:${module.postgres.resource_id}/backend"]
    }
  })

  discovery = {
    namespace_id = module.cluster.namespace_id
  }

  subnet_ids        = module.network.private_subnet_ids
  security_group_id = module.firewall.group_ids["backend"]
  logs_key_arn      = module.encryption.key_arn

  target_groups   = module.load_balancer.target_groups["backend"]
  rollback_alarms = [module.monitoring.alarm_names["API error rate"]]

  permissions_boundary = module.boundary.arn
}

module "frontend" {
  source = "../modules/ecs_service"

  name           = "frontend"
  cluster_name   = module.cluster.name
  region         = var.region
  image          = "${module.registry.urls["cpa-frontend"]}:${var.image_tag}"
  repository_arn = module.registry.arns["cpa-frontend"]
  cpu            = var.services.frontend.cpu
  memory         = var.services.frontend.memory
  scale          = var.services.frontend.scale
  port           = 3000

  environment = {
    PORT       = "3000"
    ASSETS_URL = "https://assets.${var.domain}"
    API_URL    = "http://backend.${module.cluster.namespace}:8080"
    LOG_LEVEL  = "info"
  }

  subnet_ids        = module.network.private_subnet_ids
  security_group_id = module.firewall.group_ids["frontend"]
  logs_key_arn      = module.encryption.key_arn

  target_groups = module.load_balancer.target_groups["frontend"]

  permissions_boundary = module.boundary.arn
}

module "temporal_worker" {
  source = "../modules/ecs_service"

  name           = "temporal-worker"
  cluster_name   = module.cluster.name
  region         = var.region
  image          = "${module.registry.urls["cpa-temporal-worker"]}:${var.image_tag}"
  repository_arn = module.registry.arns["cpa-temporal-worker"]
  cpu            = var.services["temporal-worker"].cpu
  memory         = var.services["temporal-worker"].memory
  scale          = var.services["temporal-worker"].scale
  health_command = ["CMD-SHELL", "curl -fsS http://127.0.0.1:8080/health || exit 1"]

  environment = {
    PORT              = "8080"
    CLAMAV_HOST       = "clamav.${module.cluster.namespace}"
    CLAMAV_PORT       = "3310"
    DATABASE_POOL_MAX = "6"
    DOCUMENTS_BUCKET  = module.documents.name
    LOG_LEVEL         = "info"
    REDIS_URL         = module.redis.url
    TENANT_KEYS_ID    = module.tenant_keys.alias_prefix
  }
  secrets = {
    CLAUDE_KEY        = module.secrets.arns["claude-key"]
    DATABASE_URL      = module.secrets.arns["database-url"]
    JWT_KEYS          = module.secrets.arns["jwt-keys"]
    TEMPORAL_ADDRESS  = module.secrets.arns["temporal-address"]
    TYPESENSE_API_KEY = module.secrets.arns["typesense-api-key"]
  }
  secrets_key_arn = module.encryption.key_arn

  permissions = merge(local.use_of_documents, local.use_of_tenant_keys, {
    postgres = {
      actions = ["rds-db:connect"]
      resources = [
        "arn:aws:rds-db:${var.region}:${local.account_id}:dbuser:${module.postgres.resource_id}/temporal_worker",
      ]
    }
  })

  subnet_ids        = module.network.private_subnet_ids
  security_group_id = module.firewall.group_ids["temporal-worker"]
  logs_key_arn      = module.encryption.key_arn

  permissions_boundary = module.boundary.arn
}

# No service of AWS scans files: backend and temporal-worker find this one by its name inside the network.
module "clamav" {
  source = "../modules/ecs_service"

  name         = "clamav"
  cluster_name = module.cluster.name
  region       = var.region
  image        = "clamav/clamav:1.4"
  cpu          = var.services.clamav.cpu
  memory       = var.services.clamav.memory
  scale        = var.services.clamav.scale
  port         = 3310

  health_command = ["CMD-SHELL", "clamdcheck.sh"]
  discovery = {
    namespace_id = module.cluster.namespace_id
  }

  subnet_ids        = module.network.private_subnet_ids
  security_group_id = module.firewall.group_ids["clamav"]
  logs_key_arn      = module.encryption.key_arn

  permissions_boundary = module.boundary.arn
}

# What several services may do alike.
locals {
  use_of_documents = {
    documents = {
      actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
      resources = ["${module.documents.arn}/*"]
    }
    documents_listing = {
      actions   = ["s3:ListBucket"]
      resources = [module.documents.arn]
    }
    documents_encryption = {
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [module.encryption.key_arn]
    }
  }
  use_of_tenant_keys = {
    tenant_keys = {
      actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
      resources = ["arn:aws:kms:${var.region}:${local.account_id}:key/*"]
      condition = {
        "ForAnyValue:StringLike" = {
          "kms:ResourceAliases" = ["${module.tenant_keys.alias_prefix}*"]
        }
      }
    }
  }
}
