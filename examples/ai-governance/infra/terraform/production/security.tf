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
      generated   = true
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
  kms_key_arn = module.encryption.key_arn
  replicas = {
    eu-west-1 = {
      kms_key_arn = module.encryption_standby.key_arn
    }
  }
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
  }
}

# Whoever applies this root has to be able to make all that is in it; roles only under its own name. A person applies it the
# first time.
module "deployer" {
  source = "../modules/deployer"

  repository = "ai-governance/platform"
  roles = {
    deploy = {
      name        = "terraform"
      environment = "production"
      policies    = ["IAMReadOnlyAccess", "PowerUserAccess"]
      permissions = {
        roles = {
          actions = [
            "iam:AttachRolePolicy",
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:PassRole",
            "iam:PutRolePolicy",
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
            "iam:UpdateRoleDescription",
          ]
          resources = ["arn:aws:iam::${local.account_id}:role/${var.name}-*"]
        }
      }
    }
    plan = {
      name        = "${var.name}-plan"
      environment = "production-plan"
      policies    = ["ReadOnlyAccess"]
      permissions = {
        random = {
          actions   = ["secretsmanager:GetRandomPassword"]
          resources = ["*"]
        }
      }
    }
  }
}
