# Written by Gantry from the spec: change that, and run `gantry synth`.

module "encryption" {
  source = "../modules/encryption"

  name        = var.name
  description = "Everything that is stored: disks, backups, buckets, secrets, logs"
  account_id  = local.account_id
  services = [
    "logs.${var.region}.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "cloudwatch.amazonaws.com",
    "events.amazonaws.com",
  ]
}

module "tenant_keys" {
  source = "../modules/tenant_keys"

  prefix        = "${var.name}/tenant-keys/"
  account_id    = local.account_id
  tenants       = var.tenants
  rotation_days = 365
}

module "secrets" {
  source = "../modules/secrets"

  secrets = {
    claude-key = {
      description = "For claude, read by temporal-worker"
    }
    database-url = {
      description = "For postgres, read by backend and temporal-worker"
      rotate_days = 90
    }
    jwt-keys = {
      description = "Read by backend and temporal-worker"
      rotate_days = 90
    }
    pagerduty-key = {
      description = "For people and their tools"
    }
    quickbooks-key = {
      description = "For quickbooks, read by backend"
    }
    stripe-key = {
      description = "For stripe, read by backend"
    }
    temporal-address = {
      description = "Where temporal answers: no secret, but known only to whoever rents it"
    }
    typesense-api-key = {
      description = "For typesense, read by backend and temporal-worker"
      rotate_days = 90
    }
  }
  kms_key_arn   = module.encryption.key_arn
  recovery_days = var.deletion_protection ? 30 : 0
}

module "boundary" {
  source = "../modules/boundary"

  name       = var.name
  account_id = local.account_id
  deployers  = ["${var.name}-deploy", "${var.name}-plan"]
}

# Whoever applies this root has to be able to make all that is in it; roles only under its own name, and within the boundary. A
# person applies it the first time, and whenever these two change.
module "deployer" {
  source = "../modules/deployer"

  repository = "cpaplatform/cpa-platform"
  roles = {
    deploy = {
      name        = "${var.name}-deploy"
      environment = "staging"
      policies    = ["IAMReadOnlyAccess", "PowerUserAccess"]
      own_policies = {
        roles = module.boundary.role_making_arn
      }
    }
    plan = {
      name        = "${var.name}-plan"
      environment = "staging-plan"
      policies    = ["ReadOnlyAccess"]
      permissions = {
        random = {
          actions   = ["secretsmanager:GetRandomPassword"]
          resources = ["*"]
        }
        secrets = {
          actions   = ["secretsmanager:GetSecretValue"]
          resources = [module.secrets.arns["database-url"], module.postgres.master_secret_arn]
        }
        encryption = {
          actions   = ["kms:Decrypt"]
          resources = [module.encryption.key_arn]
          condition = {
            StringEquals = {
              "kms:ViaService" = ["secretsmanager.${var.region}.amazonaws.com"]
            }
          }
        }
      }
    }
  }

  permissions_boundary = module.boundary.arn
}
