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

module "own_encryption" {
  source = "../modules/encryption"

  name          = "${var.name}/encryption"
  description   = "What services encrypt themselves with encryption"
  account_id    = local.account_id
  rotation_days = 365
}

module "secrets" {
  source = "../modules/secrets"

  secrets = {
    database-password = {
      description = "For db"
      rotate_days = 90
    }
    database-url = {
      description = "For db, read by server and worker"
    }
    minio-access-key = {
      description = "Read by server and worker"
      generated   = true
      rotate_days = 90
    }
    minio-root-password = {
      description = "MinIO's administrator"
      generated   = true
    }
    minio-secret-key = {
      description = "Read by server and worker"
      generated   = true
      rotate_days = 90
    }
    minio-url = {
      description = "For evidence, read by server and worker"
    }
    token-key = {
      description = "Read by server"
      generated   = true
      rotate_days = 90
    }
  }
  kms_key_arn   = module.encryption.key_arn
  recovery_days = var.deletion_protection ? 30 : 0
}

module "workloads" {
  source = "../modules/iam"

  cluster_name = module.cluster.name
  workloads = {
    backend = {
      namespace       = "ai-governance"
      service_account = "backend"
      permissions = {
        db = {
          actions   = ["rds-db:connect"]
          resources = ["arn:aws:rds-db:${var.region}:${local.account_id}:dbuser:${module.db.resource_id}/server"]
        }
        own_encryption = {
          actions   = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"]
          resources = [module.own_encryption.key_arn]
        }
      }
    }
    cron = {
      namespace       = "ai-governance"
      service_account = "cron"
      permissions = {
        db = {
          actions   = ["rds-db:connect"]
          resources = ["arn:aws:rds-db:${var.region}:${local.account_id}:dbuser:${module.db.resource_id}/worker"]
        }
        own_encryption = {
          actions   = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"]
          resources = [module.own_encryption.key_arn]
        }
      }
    }
    external-secrets = {
      namespace       = "external-secrets"
      service_account = "external-secrets"
      permissions = {
        secrets = {
          actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
          resources = values(module.secrets.arns)
        }
        encryption = {
          actions   = ["kms:Decrypt"]
          resources = [module.encryption.key_arn]
        }
      }
    }
    minio = {
      namespace       = "minio"
      service_account = "minio"
      permissions = {
        archive = {
          actions   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
          resources = ["${module.archive.arn}/*"]
        }
        listing = {
          actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
          resources = [module.archive.arn]
        }
        encryption = {
          actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
          resources = [module.encryption.key_arn]
        }
      }
    }
  }

  permissions_boundary = module.boundary.arn
}

module "boundary" {
  source = "../modules/boundary"

  name       = var.name
  account_id = local.account_id
  deployers  = ["terraform", "${var.name}-plan"]
}

# Whoever applies this root has to be able to make all that is in it; roles only under its own name, and within the boundary. A
# person applies it the first time, and whenever these two change.
module "deployer" {
  source = "../modules/deployer"

  repository = "ai-governance/platform"
  roles = {
    deploy = {
      name        = "terraform"
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
          actions = ["secretsmanager:GetSecretValue"]
          resources = [
            module.secrets.arns["database-password"],
            module.secrets.arns["database-url"],
            module.secrets.arns["minio-access-key"],
            module.secrets.arns["minio-root-password"],
            module.secrets.arns["minio-secret-key"],
            module.secrets.arns["minio-url"],
            module.secrets.arns["token-key"],
            module.db.master_secret_arn,
          ]
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
